"""The services' web applications, made as they make them themselves; nothing connects until a request needs it."""

import importlib

import pytest
from flask import Flask

from operations.front import create_front_page
from operations.services import SERVICES

SECRET = "a secret of at least thirty-two characters"
ENVIRONMENT = {
    "FRIST_AMQP_URL": "amqp://nobody:nothing@localhost:1/frist",
    "FRIST_SECRET_KEY": SECRET,
    "FRIST_LINK_KEY": SECRET,
    "FRIST_PUBLIC_URL": "http://localhost:8000",
    "FRIST_SMTP_URL": "smtp://localhost:1",
    "FRIST_MAIL_FROM": "Frist <frist@localhost>",
    "FRIST_SMS_URL": "http://localhost:1/sms",
    "FRIST_SMS_TOKEN": SECRET,
    "FRIST_LETTERS_FOLDER": "letters",
    **{f"FRIST_{service.upper()}_DATABASE_URL": f"postgresql://nobody@localhost:1/{service}" for service in SERVICES},
}


def app_of(service: str, patch: pytest.MonkeyPatch) -> Flask:
    """The application of a service, or the front page's of `front`."""
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    if service == "front":
        front = create_front_page()
        assert isinstance(front, Flask)
        return front
    app = importlib.import_module(f"services.{service}.__main__").create_app()
    assert isinstance(app, Flask)
    return app
