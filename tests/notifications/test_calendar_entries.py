"""Calendar entries: one for each booking, however often it is spoken of."""

from dataclasses import replace
from datetime import timedelta

from icalendar import Calendar

from tests.notifications.builders import MONDAY, a_booking, a_cancellation, a_move, a_programme_applied
from tests.notifications.test_sending import mail_of


def test_a_booking_comes_with_a_calendar_entry_that_keeps_its_uid(known, catcher):
    known.tell(a_booking(), a_move(), a_cancellation()).send(catcher.outlets)

    entries = [Calendar.from_ical(mail_of(catcher, number).get_payload()[1].get_content()) for number in (1, 2, 3)]
    events = [calendar.walk("VEVENT")[0] for calendar in entries]
    assert [str(calendar["METHOD"]) for calendar in entries] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [int(event["SEQUENCE"]) for event in events] == [0, 1, 2]
    assert len({str(event["UID"]) for event in events}) == 1
    assert str(events[2]["STATUS"]) == "CANCELLED"
    assert events[0].decoded("DTSTART") == MONDAY + timedelta(days=10)


def test_the_uid_outlives_the_senders_address(known, catcher):
    known.tell(a_booking()).send(catcher.outlets)
    known.tell(a_cancellation()).send(replace(catcher.outlets, sender="frist@elsewhere.example"))

    entries = [Calendar.from_ical(mail_of(catcher, number).get_payload()[1].get_content()) for number in (1, 2)]
    assert [str(entry.walk("VEVENT")[0]["UID"]) for entry in entries] == ["booking-case-1@frist"] * 2


def test_a_reminder_comes_with_the_entry_as_it_stands_and_makes_no_second_one(known, catcher):
    known.tell(a_programme_applied(2, ladder=[]), a_booking(), a_move()).send(catcher.outlets)
    known.at(MONDAY + timedelta(days=11)).plan().send(catcher.outlets)

    _, moved, reminder = (
        Calendar.from_ical(mail_of(catcher, number).get_payload()[1].get_content()) for number in (1, 2, 3)
    )
    assert catcher.caught[2]["purpose"] == "session_reminder"
    assert str(reminder["METHOD"]) == "REQUEST"
    (before,), (after,) = moved.walk("VEVENT"), reminder.walk("VEVENT")
    same = ("UID", "SEQUENCE", "STATUS", "SUMMARY", "LOCATION")
    assert [str(after[name]) for name in same] == [str(before[name]) for name in same]
    assert int(after["SEQUENCE"]) == 1
    for name in ("DTSTART", "DTEND"):
        assert after.decoded(name) == before.decoded(name)
    assert after.decoded("DTSTAMP") > before.decoded("DTSTAMP")


def test_a_cancellation_is_told_even_after_the_next_booking(known, catcher):
    known.tell(a_booking()).send(catcher.outlets)
    known.tell(a_cancellation(sequence=3, revision=1))
    put_off(known, purpose="booking_cancelled")
    known.tell(a_booking(sequence=4, booking_id="booking-new")).send(catcher.outlets)
    put_off(known, purpose="booking_cancelled", seconds=-1)

    known.send(catcher.outlets)

    told = [Calendar.from_ical(mail_of(catcher, number).get_payload()[1].get_content()) for number in (1, 2, 3)]
    uids = [str(calendar.walk("VEVENT")[0]["UID"]).partition("@")[0] for calendar in told]
    assert [str(calendar["METHOD"]) for calendar in told] == ["REQUEST", "REQUEST", "CANCEL"]
    assert uids == ["booking-case-1", "booking-new", "booking-case-1"]


def put_off(platform, *, purpose, seconds=600):
    """As after a try at a server that was away."""
    with platform.database.begin() as uow:
        query = "UPDATE messages SET not_before = clock_timestamp() + make_interval(secs => %s) WHERE purpose = %s"
        uow.connection.exec_driver_sql(query, (seconds, purpose))


def test_the_calendar_part_says_its_method(known, catcher):
    known.tell(a_booking()).send(catcher.outlets)

    part = mail_of(catcher, 1).get_payload()[1]

    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "REQUEST"
    assert part.get_content_charset() == "utf-8"
