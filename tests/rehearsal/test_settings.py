"""How a rehearsal is told what to play."""

import pytest

from operations.rehearsal.settings import Kill, RehearsalSettingsError, read_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PROGRAMME", "ORGANISATIONS", "SEED", "STAY", "FRIST_REHEARSAL_KILL"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_word_seven_thousand_danish_organisations_are_replayed_and_served() -> None:
    settings = read_settings()

    assert (settings.programme, settings.organisations, settings.stay) == ("dk-digital-post-2013", 7000, True)


def test_kills_name_a_process_and_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRIST_REHEARSAL_KILL", "scheduling-worker:40, registration-relay:70")

    assert read_settings().kills == (Kill("scheduling-worker", 40), Kill("registration-relay", 70))


@pytest.mark.parametrize(
    ("name", "value"), [("ORGANISATIONS", "many"), ("ORGANISATIONS", "0"), ("FRIST_REHEARSAL_KILL", "worker")]
)
def test_what_cannot_be_read_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(RehearsalSettingsError, match=name):
        read_settings()
