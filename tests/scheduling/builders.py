"""Builders of everything scheduling talks of: valid by default, each with a place of its own where that matters."""

from datetime import UTC, date, datetime, time

from frist_contracts.registration import (
    CaseAssessed,
    CaseClosed,
    CaseErased,
    ContactChanged,
    MunicipalitiesImported,
    Municipality,
    ProgrammeApplied,
)
from services.scheduling.domain.availability import Block
from services.scheduling.domain.people import Coach, Venue
from services.scheduling.domain.programme import kept_rules, read_rules
from services.scheduling.domain.week import WeeklyHours

PROGRAMME = "dk-digital-post-2013"
TOPICS = ("digital_signature", "digital_mailbox", "vat_reporting")
MONDAY = datetime(2013, 9, 2, 6, 0, tzinfo=UTC)
"""A Monday morning in the programme, eight o'clock in Copenhagen."""


def a_definition(**changes):
    return {
        "programme_id": PROGRAMME,
        "country": "dk",
        "names": {"da": "Digital Post", "sv": "Digital post", "en": "Digital post"},
        "time_zone": "Europe/Copenhagen",
        "starts_on": "2013-08-15",
        "ends_on": "2014-04-01",
        "deadline": "2013-11-01",
        "topics": [{"topic": topic, "names": {"en": topic.replace("_", " ").capitalize()}} for topic in TOPICS],
        "help_forms": {
            "desk": {"minutes": 45, "gap_minutes": 15, "seats": 1},
            "visit": {"minutes": 90, "gap_minutes": 30, "seats": 1},
            "course": {"minutes": 180, "seats": 8, "levels": ["beginner", "intermediate", "advanced"]},
        },
        "allocation": {
            "horizon_days": 13, "minimum_notice_hours": 16, "neighbours": True, "rebook_after_no_show": 2,
        },
        **changes,
    }  # fmt: skip


def the_rules(**changes):
    return read_rules(kept_rules(a_definition(**changes)))


def a_programme(sequence=1, **changes):
    definition = a_definition(**changes)
    return ProgrammeApplied(
        municipality="national", sequence=sequence, programme_id=definition["programme_id"], definition=definition
    )


def the_municipalities(sequence=1):
    def one(code, name, *neighbours):
        return Municipality(code, name, "hovedstaden", 50000, 1, 1, list(neighbours))

    listed = [
        one("dk-0101", "København", "dk-0147"),
        one("dk-0147", "Frederiksberg", "dk-0101"),
        one("dk-0751", "Aarhus"),
    ]
    return MunicipalitiesImported(municipality="national", sequence=sequence, country="dk", municipalities=listed)


def a_venue(municipality="dk-0101", **changes):
    facts = {
        "venue_id": f"lib-{municipality[3:]}",
        "municipality": municipality,
        "name": "Hovedbiblioteket",
        "address": "Krystalgade 15, 1172 København K",
    }
    return Venue(**{**facts, **changes})


def a_block(weekday=1, opens=time(10), closes=time(14), venue_id="lib-0101", **changes):
    return Block(WeeklyHours(weekday, opens, closes), venue_id, **changes)


def a_coach(coach_id="coach-1", **changes):
    facts = {
        "name": "Karen Holm",
        "email": f"{coach_id}@example.dk",
        "municipalities": ("dk-0101",),
        "languages": ("da", "en"),
        "forms": ("desk", "course"),
        "accreditations": dict.fromkeys(TOPICS, date(2014, 12, 31)),
        "blocks": (a_block(),),
    }
    return Coach(coach_id=coach_id, **{**facts, **changes})


def two_municipalities():
    """A venue and a coach in each of Copenhagen and Aarhus."""
    aarhus = {"municipalities": ("dk-0751",), "blocks": (a_block(venue_id="lib-0751"),)}
    return a_venue(), a_venue("dk-0751"), a_coach(), a_coach("coach-2", **aarhus)


def an_assessment(case_id="case-1", sequence=3, **changes):
    facts = {
        "municipality": "dk-0101",
        "programme_id": PROGRAMME,
        "state": "assessed",
        "organisation_id": f"dk-cvr-{case_id}",
        "levels": {"digital_signature": 0, "digital_mailbox": 1},
        "topics": ["digital_signature", "digital_mailbox"],
        "help_forms": ["desk"],
        "language": "da",
    }
    return CaseAssessed(case_id=case_id, sequence=sequence, **{**facts, **changes})


def a_closure(case_id="case-1", sequence=9, state="fulfilled", municipality="dk-0101"):
    return CaseClosed(
        case_id=case_id, sequence=sequence, state=state, municipality=municipality, programme_id=PROGRAMME
    )


def an_erasure(case_id="case-1", sequence=10, municipality="dk-0101"):
    return CaseErased(
        case_id=case_id, sequence=sequence, state="withdrawn", municipality=municipality, programme_id=PROGRAMME
    )


def a_contact(case_id="case-1", sequence=2, **changes):
    facts = {
        "municipality": "dk-0101",
        "programme_id": PROGRAMME,
        "state": "registered",
        "organisation_name": "Bageriet Korn ApS",
        "contact_name": "Anders Korn",
        "address": "Søgade 1",
        "postcode": "2100",
        "city": "København Ø",
        "email": "anders@korn.example",
        "phone": "+4520123456",
        "language": "da",
        "channel": "email",
    }
    return ContactChanged(case_id=case_id, sequence=sequence, **{**facts, **changes})
