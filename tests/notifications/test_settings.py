"""A sender that could not send says so when it starts, not when the first message is due."""

import os
import subprocess
import sys

import pytest

from messaging.errors import SettingError, SettingMissingError
from services.notifications.settings import NotificationsSettings
from tests.architecture.tree import ROOT

NEEDED = {
    "FRIST_SMTP_URL": "smtp://post:secret@mail.example:587/?tls=starttls",
    "FRIST_MAIL_FROM": "Frist <frist@example.org>",
    "FRIST_LINK_KEY": "k" * 40,
}


def test_a_sender_knows_where_mail_goes_and_whose_it_is():
    settings = NotificationsSettings.load(NEEDED)

    assert (settings.smtp.host, settings.smtp.port, settings.smtp.tls) == ("mail.example", 587, "starttls")
    assert settings.mail_from == "frist@example.org"
    assert settings.sms_url is None


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(name):
    with pytest.raises(SettingMissingError, match=f"{name} is not set"):
        NotificationsSettings.load({**NEEDED, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRIST_SMTP_URL", "mail.example:587"),
        ("FRIST_SMTP_URL", "smtp://mail.example:smtp"),
        ("FRIST_SMTP_URL", "smtp://mail.example/?tls=perhaps"),
        ("FRIST_MAIL_FROM", "the library"),
        ("FRIST_LINK_KEY", "short"),
        ("FRIST_PUBLIC_URL", "frist.example"),
        ("FRIST_SMS_URL", "gateway.example"),
        ("FRIST_SEND_CONNECTIONS", "none"),
        ("FRIST_SEND_CONNECTIONS", "0"),
        ("FRIST_SEND_TIMEOUT_SECONDS", "soon"),
    ],
)
def test_what_makes_no_sense_is_named(name, value):
    with pytest.raises(SettingError, match=f"{name} cannot be used"):
        NotificationsSettings.load({**NEEDED, name: value})


def test_a_worker_without_a_mail_server_does_not_start():
    told = {**NEEDED, "FRIST_SMTP_URL": "", "FRIST_NOTIFICATIONS_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    command = [sys.executable, "-m", "services.notifications", "worker"]
    environment = {"PATH": os.defpath, **told, "FRIST_AMQP_URL": "amqp://nobody@127.0.0.1:1/none"}

    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 1
    assert ended.stderr.strip().startswith("FRIST_SMTP_URL is not set: give the mail server")
    assert "Traceback" not in ended.stderr
