"""Builders for reporting's tests: events that are valid by default, numbered as an outbox would number them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from frist_contracts import (
    BookingAttended,
    BookingConfirmed,
    CaseAssessed,
    CaseClosed,
    CaseOpened,
    CaseProgressed,
    CaseRegistered,
    Event,
    MunicipalitiesImported,
    Municipality,
    Outcome,
    ProgrammeApplied,
    SessionFacts,
    SessionHeld,
)
from messaging.identifiers import new_id
from services.reporting.subscriptions import ReportingSubscriptions

PROGRAMME = "dk-digital-post-2013"
START = datetime(2013, 9, 2, 8, tzinfo=UTC)
_PROGRAMME_FILE = Path(__file__).parents[2] / "programmes" / "dk-digital-post-2013.yaml"
CODES = ("dk-0101", "dk-0147", "dk-0151", "dk-0825")


def routes() -> dict[type[Event], tuple[Any, bool]]:
    """Which handler each event goes to, read from the service's own table of contents."""
    found: dict[type[Event], tuple[Any, bool]] = {}
    for subscription in vars(ReportingSubscriptions).values():
        for entry in getattr(subscription, "nameko_entrypoints", ()):
            found |= dict.fromkeys(entry.events, (entry.handler, entry.many))
    return found


def apply(uow: Any, events: Iterable[Event]) -> None:
    """Give a batch of events to the handlers, as the worker does, and store what its transaction would store."""
    together: dict[Any, list[Event]] = {}
    for event in events:
        handler, many = routes()[type(event)]
        if many:
            together.setdefault(handler, []).append(event)
        else:
            handler(event, uow)
    for handler, group in together.items():
        handler(group, uow)
    uow.journal.flush()


def numbered(events: Sequence[Event], start: datetime = START) -> list[Event]:
    """The events as they come from their producers: with ids, positions and times."""
    positions: Counter[str] = Counter()
    out = []
    for number, event in enumerate(events):
        positions[event.producer] += 1
        moment = event.occurred_at or start + timedelta(hours=number)
        out.append(replace(event, event_id=new_id(), position=positions[event.producer], occurred_at=moment))
    return out


def definition(**changes: Any) -> dict[str, Any]:
    """The Danish programme's own file."""
    loaded = yaml.safe_load(_PROGRAMME_FILE.read_text(encoding="utf-8"))
    dates = {name: str(loaded[name]) for name in ("starts_on", "ends_on", "deadline")}
    return {**loaded, **dates, "obligations": [], **changes}


def a_programme_applied(**changes: Any) -> ProgrammeApplied:
    return ProgrammeApplied(
        programme_id=PROGRAMME, municipality="national", definition=definition(**changes), sequence=1
    )


def municipalities_imported(codes: Sequence[str] = CODES) -> MunicipalitiesImported:
    places = [
        Municipality(code, f"Place {code[-2:]}", "Region", 1000, 1 + at % 5, 1 + at // 5)
        for at, code in enumerate(codes)
    ]
    return MunicipalitiesImported(country="dk", municipality="national", sequence=1, municipalities=places)


def about(case_id: str, sequence: int, municipality: str = "dk-0101") -> dict[str, Any]:
    return {"case_id": case_id, "programme_id": PROGRAMME, "sequence": sequence, "municipality": municipality}


def opened(case_id: str, municipality: str = "dk-0101") -> CaseOpened:
    return CaseOpened(**about(case_id, 1, municipality), state="obliged", organisation_id="dk-cvr-1", kind="company")


def registered(
    case_id: str, municipality: str = "dk-0101", at: datetime | None = None, sequence: int = 2
) -> CaseRegistered:
    return CaseRegistered(
        **about(case_id, sequence, municipality),
        state="registered",
        organisation_id="dk-cvr-1",
        kind="company",
        help_forms=["desk"],
        registered_by="organisation",
        occurred_at=at,
    )


def assessed(case_id: str, municipality: str = "dk-0101") -> CaseAssessed:
    return CaseAssessed(
        **about(case_id, 3, municipality),
        state="assessed",
        organisation_id="dk-cvr-1",
        levels={"digital_mailbox": 0},
        topics=["digital_mailbox"],
        help_forms=["desk"],
        language="da",
    )


def progressed(case_id: str, state: str, sequence: int, municipality: str = "dk-0101") -> CaseProgressed:
    return CaseProgressed(**about(case_id, sequence, municipality), state=state)


def closed(case_id: str, state: str = "fulfilled", sequence: int = 7, municipality: str = "dk-0101") -> CaseClosed:
    return CaseClosed(**about(case_id, sequence, municipality), state=state)


def session_facts(form: str = "desk") -> SessionFacts:
    times = (START + timedelta(days=9), START + timedelta(days=9, minutes=45))
    return SessionFacts("session-1", form, *times, "Main library", "High street 1", "Coach", "da", ["digital_mailbox"])


def confirmed(case_id: str, sequence: int = 1, municipality: str = "dk-0101") -> BookingConfirmed:
    return BookingConfirmed(
        **about(case_id, sequence, municipality), booking_id=f"booking-{case_id}", revision=0, session=session_facts()
    )


def attended(case_id: str, sequence: int = 2, municipality: str = "dk-0101") -> BookingAttended:
    return BookingAttended(
        **about(case_id, sequence, municipality),
        booking_id=f"booking-{case_id}",
        session_id=f"session-{case_id}",
        coach_id="coach-1",
        form="desk",
        outcomes=[Outcome("digital_signature", True, 1, 3), Outcome("digital_mailbox", True, 0, 2)],
    )


def held(case_id: str, municipality: str = "dk-0101", form: str = "desk") -> SessionHeld:
    return SessionHeld(
        session_id=f"session-{case_id}",
        programme_id=PROGRAMME,
        municipality=municipality,
        sequence=1,
        coach_id="coach-1",
        form=form,
        starts_at=START + timedelta(days=9),
        seats=1,
        attended=1,
    )


def a_helped_journey(case_id: str = "case-1", municipality: str = "dk-0101") -> list[Event]:
    """From the register to fulfilled, as the other services tell it."""
    return [
        opened(case_id, municipality),
        registered(case_id, municipality),
        assessed(case_id, municipality),
        confirmed(case_id, 1, municipality),
        progressed(case_id, "booked", 4, municipality),
        attended(case_id, 2, municipality),
        held(case_id, municipality),
        progressed(case_id, "helped", 5, municipality),
        closed(case_id, "fulfilled", 7, municipality),
    ]


def day(text: str) -> date:
    return date.fromisoformat(text)
