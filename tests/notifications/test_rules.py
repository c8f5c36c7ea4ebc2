"""The plain rules: quiet hours, cap, channels, short texts, wording and calendar."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.channels.texts import LANGUAGES, own_keys, own_texts
from services.notifications.domain.decision import free_from
from services.notifications.domain.identity import message_id_of
from services.notifications.domain.programme import Cap, read_programme
from services.notifications.domain.purposes import PURPOSES
from services.notifications.domain.quiet_hours import QuietHours
from services.notifications.domain.recipient import Contact, choose_channel
from services.notifications.domain.short_text import as_gsm, parts, septets
from services.notifications.handlers import preview_texts
from tests.notifications.builders import MONDAY, a_definition

NIGHT = QuietHours(time(20), time(8), ZoneInfo("Europe/Copenhagen"))
INSTANTS = st.integers(0, 730 * 24 * 60).map(
    lambda minutes: datetime(2013, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        (datetime(2013, 10, 26, 17, 59, tzinfo=UTC), datetime(2013, 10, 26, 17, 59, tzinfo=UTC)),
        (datetime(2013, 10, 26, 18, 0, tzinfo=UTC), datetime(2013, 10, 27, 7, 0, tzinfo=UTC)),
        (datetime(2013, 10, 27, 0, 30, tzinfo=UTC), datetime(2013, 10, 27, 7, 0, tzinfo=UTC)),
        (datetime(2013, 10, 27, 6, 59, tzinfo=UTC), datetime(2013, 10, 27, 7, 0, tzinfo=UTC)),
        (datetime(2014, 3, 29, 19, 0, tzinfo=UTC), datetime(2014, 3, 30, 6, 0, tzinfo=UTC)),
    ],
    ids=["evening", "night begins", "second hour twice", "last minute", "short night"],
)
def test_quiet_hours_follow_the_local_clock(at, allowed):
    assert NIGHT.next_allowed(at) == allowed


@given(INSTANTS, st.times(), st.times())
def test_the_next_allowed_instant_is_allowed_and_within_a_day(at, starts, ends):
    hours = QuietHours(starts.replace(microsecond=0), ends.replace(microsecond=0), ZoneInfo("Europe/Stockholm"))

    allowed = hours.next_allowed(at)

    assert at <= allowed <= at + timedelta(hours=25)
    local = allowed.astimezone(hours.zone)
    exists = local.astimezone(UTC).astimezone(hours.zone).time() == local.time()
    assert not hours.hold(allowed) or not exists or 2 <= hours.ends.hour <= 3


@given(st.lists(INSTANTS, max_size=12), INSTANTS, st.integers(1, 4), st.integers(1, 10))
def test_the_cap_is_never_exceeded(recent, now, most, days):
    cap = Cap(most, timedelta(days=days))

    free = free_from(cap, [at for at in recent if at <= now], now)

    inside = [at for at in recent if at <= now and free - cap.window < at]
    assert free >= now
    assert len(inside) < most


@pytest.mark.parametrize(
    ("changes", "wanted", "chosen"),
    [
        ({"channel": "sms"}, None, "sms"),
        ({"channel": "letter"}, None, "letter"),
        ({"channel": "sms", "phone": None}, None, "email"),
        ({"channel": "email", "bad": frozenset({"email"})}, None, "sms"),
        ({"channel": "email", "email": None, "phone": None}, None, "letter"),
        ({"channel": "email"}, ("sms", "email"), "email"),
        ({"channel": "letter"}, ("sms", "email"), "sms"),
        ({"channel": "email", "email": None}, ("email",), "sms"),
        ({"channel": "email"}, ("letter",), "letter"),
        ({"email": None, "phone": None, "address": None}, None, None),
    ],
)
def test_the_preferred_channel_then_the_next_working_then_a_letter(changes, wanted, chosen):
    facts = {"email": "a@b.dk", "phone": "+4520301020", "address": "Vej 1", "postcode": "4000"}

    assert choose_channel(Contact(**{**facts, **changes}), wanted) == chosen


def test_a_message_has_the_id_that_the_database_makes(platform):
    with platform.database.begin() as uow:
        query = "SELECT md5('case-1/ladder:mail-1/2013-09-02')::uuid::text"

        assert uow.connection.exec_driver_sql(query).scalar() == message_id_of("case-1", "ladder:mail-1", "2013-09-02")


def test_a_programme_without_deadline_counts_back_from_its_end():
    programme = read_programme(a_definition(deadline=None))

    assert programme.days_left(MONDAY) == 211


def test_septets_are_counted_as_gsm_does():
    assert septets("blåbærgrød") == 10
    assert septets("10 €") == 5
    assert septets("Ł") is None
    assert parts("a" * 160) == 1
    assert parts("a" * 161) == 2
    assert parts("Ł" * 71) == 2
    assert as_gsm("kl. 10 \u2013 11 “nu”") == 'kl. 10 - 11 "nu"'


@pytest.mark.parametrize("key", sorted({*PURPOSES} & {*own_keys()}))
def test_every_text_is_there_in_every_language_and_names_what_it_needs(key):
    texts = own_texts(key)

    assert set(texts) == set(LANGUAGES)
    assert all(text["subject"] and text["body"] for text in texts.values())


def test_every_purpose_has_a_text():
    assert set(PURPOSES) <= set(own_keys())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_platforms_short_texts_fit_into_one_sms(language):
    previews = preview_texts(read_programme(a_definition()), MONDAY, language)

    assert [(each.key, len(each.short)) for each in previews if each.parts > 1] == []
    assert all("{" not in each.subject + each.body + each.short for each in previews)


def test_a_programmes_own_text_comes_first():
    own = {"waiting": {"da": {"subject": "Vent lidt, {organisation_name}", "body": "Snart."}}}
    programme = read_programme(a_definition(texts=own))

    found = {each.key: each for each in preview_texts(programme, MONDAY, "da")}

    assert found["waiting"].subject == "Vent lidt, Bøgely Smedje ApS"
    assert found["waiting"].short.startswith("Der er ingen ledig tid")
    assert found["waiting"].is_the_programmes_own
