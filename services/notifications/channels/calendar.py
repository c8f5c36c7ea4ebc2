"""Calendar entries of bookings: the same UID for life, SEQUENCE up with each change (RFC 5545, 5546, 6047)."""

from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

from services.notifications.channels.wording import Parcel, Wording
from services.notifications.domain.purposes import CANCELLED, CONFIRMED, MOVED, SESSION_REMINDER

REQUEST = "REQUEST"
CANCEL = "CANCEL"

_METHODS = {CONFIRMED: REQUEST, MOVED: REQUEST, SESSION_REMINDER: REQUEST, CANCELLED: CANCEL}


def method_of(purpose: str) -> str | None:
    """What a message's calendar part asks for; None when it has none.

    A reminder asks for the same entry once more, with the SEQUENCE it has: who has it keeps it, who lost it has it again.
    """
    return _METHODS.get(purpose)


def calendar_entry(parcel: Parcel, wording: Wording, sender: str, where: str) -> bytes | None:
    """The calendar part of a message about a booking. Times are UTC: right on every clock, without a zone's rules."""
    method = method_of(parcel.message.purpose)
    if method is None:
        return None
    parameters = parcel.message.parameters
    entry = Event()
    entry.add("uid", f"{parameters['booking_id']}@frist")  # not the sender's domain, which may change in mid-campaign
    entry.add("sequence", int(parameters["revision"]))
    entry.add("dtstamp", (parcel.message.created_at or parcel.now).astimezone(UTC).replace(microsecond=0))
    entry.add("dtstart", datetime.fromisoformat(parameters["starts_at"]).astimezone(UTC))
    entry.add("dtend", datetime.fromisoformat(parameters["ends_at"]).astimezone(UTC))
    entry.add("summary", wording.footer.partition("\n")[0])
    entry.add("location", where)
    entry.add("description", wording.body)
    entry.add("status", "CANCELLED" if method == CANCEL else "CONFIRMED")
    entry.add("organizer", _address(sender, wording.footer.partition("\n")[0]))
    if parcel.contact.email:
        entry.add("attendee", _attendee(parcel), encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//Frist//notifications//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _address(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"MAILTO:{address}")
    person.params["cn"] = vText(name)
    return person


def _attendee(parcel: Parcel) -> vCalAddress:
    person = _address(parcel.contact.email or "", parcel.contact.organisation_name or "")
    person.params["partstat"] = vText("ACCEPTED")
    person.params["rsvp"] = vText("FALSE")
    return person
