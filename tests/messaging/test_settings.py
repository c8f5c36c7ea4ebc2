"""What delivery is told by the environment: each setting that makes no sense is refused by name."""

import pytest

from messaging.errors import SettingError, SettingMissingError
from messaging.settings import MessagingSettings

NEEDED = {"FRIST_SAMPLE_DATABASE_URL": "postgres://sample@db/sample", "FRIST_AMQP_URL": "amqp://frist@broker/frist"}


def test_nothing_but_the_database_and_the_broker_has_to_be_said():
    settings = MessagingSettings.load("sample", NEEDED)

    assert settings == MessagingSettings("sample", "postgresql+psycopg://sample@db/sample", "amqp://frist@broker/frist")


def test_what_is_said_is_believed():
    said = {
        "FRIST_TICK_SECONDS": "0.5",
        "FRIST_BATCH_SIZE": "50",
        "FRIST_METRICS_PORT": "9100",
        "FRIST_CLOCK": "driven",
    }

    settings = MessagingSettings.load("sample", NEEDED | said)

    assert (settings.tick_seconds, settings.batch_size, settings.metrics_port) == (0.5, 50, 9100)
    assert settings.clock == "driven"


def test_an_empty_value_is_none():
    empty = dict.fromkeys(("FRIST_TICK_SECONDS", "FRIST_CLOCK", "FRIST_SILENCE_SECONDS", "FRIST_METRICS_PORT"), "")

    assert MessagingSettings.load("sample", NEEDED | empty) == MessagingSettings.load("sample", NEEDED)


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(name):
    with pytest.raises(SettingMissingError, match=f"{name} is not set"):
        MessagingSettings.load("sample", {**NEEDED, name: ""})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FRIST_CLOCK", "Driven"),
        ("FRIST_TICK_SECONDS", "often"),
        ("FRIST_POLL_SECONDS", "0"),
        ("FRIST_REST_SECONDS", "-1"),
        ("FRIST_GRACE_SECONDS", "inf"),
        ("FRIST_SILENCE_SECONDS", "nan"),
        ("FRIST_PAGE_SECONDS", "15 s"),
        ("FRIST_BATCH_SIZE", "0"),
        ("FRIST_BATCH_SIZE", "200.0"),
        ("FRIST_METRICS_PORT", "http"),
        ("FRIST_LOG_LEVEL", "loud"),
    ],
)
def test_what_makes_no_sense_is_named_with_what_to_do(name, value):
    with pytest.raises(SettingError, match=f"{name} cannot be used: (give|it is)"):
        MessagingSettings.load("sample", {**NEEDED, name: value})
