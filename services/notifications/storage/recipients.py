"""The cases as notifications knows them. Each aspect is learnt on its own, and only from a newer event."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam
from sqlalchemy.dialects.postgresql import JSONB

from messaging.sql import text
from services.notifications.domain.recipient import EMAIL, LETTER, SMS, STATES, Contact, Placement, Recipient

CONTACT_COLUMNS = (
    "organisation_name",
    "contact_name",
    "address",
    "postcode",
    "city",
    "email",
    "phone",
    "language",
    "channel",
    "link_version",
)

_ALONE = text("SELECT pg_advisory_xact_lock(7200000001)")
"""One batch of events at a time writes cases. Two lanes that learn of the same new cases in different order would wait
for each other, and PostgreSQL takes a second to notice; a batch takes milliseconds."""

_LEARN_STATES = text("""
    INSERT INTO cases AS known (case_id, programme_id, municipality, state, state_sequence, learnt_at)
    SELECT *, :now FROM unnest(CAST(:case_ids AS text[]), CAST(:programmes AS text[]), CAST(:municipalities AS text[]),
                               CAST(:states AS text[]), CAST(:sequences AS bigint[]))
    ORDER BY 1
    ON CONFLICT (case_id) DO UPDATE
    SET state = excluded.state, state_sequence = excluded.state_sequence, municipality = excluded.municipality,
        learnt_at = CASE WHEN known.state IS DISTINCT FROM excluded.state THEN excluded.learnt_at ELSE known.learnt_at END
    WHERE NOT known.is_erased
      AND (excluded.state_sequence, array_position(CAST(:order AS text[]), excluded.state))
        > (known.state_sequence, coalesce(array_position(CAST(:order AS text[]), known.state), 0))
    RETURNING case_id
""")

_ADDRESSES = {EMAIL: ("email",), SMS: ("phone",), LETTER: ("address", "postcode", "city")}
_LEARNT = {channel: f"{channel}_learnt_at" for channel in _ADDRESSES}
_IS_NEW = {
    channel: f"({', '.join(f'known.{name}' for name in names)}) IS DISTINCT FROM ({', '.join(f'told.{name}' for name in names)})"
    for channel, names in _ADDRESSES.items()
}
"""What is told changes the address of the channel; a contact that says the same again takes nothing back."""

_LEARN_CONTACTS = text(f"""
    UPDATE cases AS known
    SET contact_sequence = told.contact_sequence,
        {", ".join(f"{_LEARNT[each]} = CASE WHEN {new} THEN :now ELSE {_LEARNT[each]} END" for each, new in _IS_NEW.items())},
        bad_channels = ARRAY(SELECT bad FROM unnest(known.bad_channels) AS bad
                             WHERE NOT CASE bad {" ".join(f"WHEN '{each}' THEN {new}" for each, new in _IS_NEW.items())} END),
        {", ".join(f"{name} = told.{name}" for name in CONTACT_COLUMNS)}
    FROM jsonb_to_recordset(:contacts) AS told(
        case_id text, contact_sequence bigint, organisation_name text, contact_name text, address text, postcode text,
        city text, email text, phone text, language text, channel text, link_version integer)
    WHERE known.case_id = told.case_id AND NOT known.is_erased AND told.contact_sequence > known.contact_sequence
""").bindparams(bindparam("contacts", type_=JSONB))

_LEARN_PLACEMENTS = text("""
    INSERT INTO cases AS known (case_id, programme_id, municipality, learnt_at, placement_sequence, placement,
                                booking_id, revision, placed_at, session_starts_at, session)
    SELECT case_id, programme_id, municipality, :now, placement_sequence, placement, booking_id, revision, placed_at,
           session_starts_at, session
    FROM jsonb_populate_recordset(NULL::cases, :places) ORDER BY case_id
    ON CONFLICT (case_id) DO UPDATE
    SET placement_sequence = excluded.placement_sequence, placement = excluded.placement, booking_id = excluded.booking_id,
        revision = excluded.revision, placed_at = excluded.placed_at, session_starts_at = excluded.session_starts_at,
        session = excluded.session
    WHERE NOT known.is_erased AND known.placement_sequence < excluded.placement_sequence
""").bindparams(bindparam("places", type_=JSONB))

_ENSURE = text("""
    INSERT INTO cases (case_id, programme_id, municipality, learnt_at)
    SELECT DISTINCT ON (case_id) case_id, programme_id, municipality, CAST(:now AS timestamptz)
    FROM jsonb_populate_recordset(NULL::cases, :cases) ORDER BY case_id
    ON CONFLICT DO NOTHING
""").bindparams(bindparam("cases", type_=JSONB))

_ERASE = text(f"""
    INSERT INTO cases (case_id, programme_id, municipality, learnt_at, is_erased)
    VALUES (:case_id, :programme_id, :municipality, :now, true)
    ON CONFLICT (case_id) DO UPDATE
    SET is_erased = true, state = NULL, state_sequence = -1, contact_sequence = -1, bad_channels = '{{}}',
        {", ".join(f"{name} = NULL" for name in (*CONTACT_COLUMNS, *_LEARNT.values()))},
        placement_sequence = -1, placement = 'none', booking_id = NULL, revision = 0, placed_at = NULL,
        session_starts_at = NULL, session = '{{}}'
""")

_IS_ANY_ERASED = text("""
    SELECT EXISTS (SELECT FROM cases WHERE case_id = ANY (CAST(:case_ids AS text[])) AND is_erased)
""")

_MARK_BAD = text("""
    UPDATE cases SET bad_channels = array_append(bad_channels, :channel)
    WHERE case_id = :case_id AND contact_sequence = :contact_sequence AND NOT (:channel = ANY (bad_channels))
""")

_MARK_BAD_SINCE = text(f"""
    UPDATE cases SET bad_channels = array_append(bad_channels, :channel)
    WHERE case_id = :case_id AND NOT (:channel = ANY (bad_channels))
      AND CASE CAST(:channel AS text) {" ".join(f"WHEN '{each}' THEN {learnt}" for each, learnt in _LEARNT.items())} END <= :used_at
""")

_ANNOUNCED = text("""
    UPDATE cases SET announced_sequence = greatest(announced_sequence, told.sequence)
    FROM unnest(CAST(:case_ids AS text[]), CAST(:sequences AS bigint[])) AS told(case_id, sequence)
    WHERE cases.case_id = told.case_id
""")

_GIVE_UP = text("""
    UPDATE cases SET gave_up_at_contact = contact_sequence
    WHERE case_id = :case_id AND NOT is_erased AND gave_up_at_contact < contact_sequence
""")


class Recipients:
    """The recipients of one unit of work."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._is_alone = False

    def learn_states(self, facts: Sequence[Recipient], sequences: Sequence[int]) -> list[str]:
        """Keep each case's state unless a newer one is known; returns the cases that changed.

        Of two states with one sequence the later in a case's life wins.
        """
        self._write_alone()
        newest = {fact.case_id: (fact, number) for number, fact in sorted(zip(sequences, facts, strict=True), key=_age)}
        values = list(newest.values())
        parameters = {
            "case_ids": [fact.case_id for fact, _ in values],
            "programmes": [fact.programme_id for fact, _ in values],
            "municipalities": [fact.municipality for fact, _ in values],
            "states": [fact.state for fact, _ in values],
            "sequences": [number for _, number in values],
            "order": list(STATES),
            "now": self._now,
        }
        return list(self._connection.execute(_LEARN_STATES, parameters).scalars())

    def learn_contacts(self, contacts: Iterable[dict[str, Any]]) -> None:
        """Keep how to reach each case (its row exists) unless something newer is known; dicts as `CONTACT_COLUMNS`."""
        newest = {row["case_id"]: row for row in sorted(contacts, key=lambda row: int(row["contact_sequence"]))}
        self._connection.execute(_LEARN_CONTACTS, {"contacts": list(newest.values()), "now": self._now})

    def learn_placements(self, cases: Sequence[Recipient]) -> None:
        """Keep each case's place unless a newer one is known."""
        self._write_alone()
        newest = {case.case_id: case for case in sorted(cases, key=lambda case: case.placement.sequence)}
        self._connection.execute(_LEARN_PLACEMENTS, {"places": list(map(_place, newest.values())), "now": self._now})

    def ensure(self, cases: Sequence[Recipient]) -> None:
        """Have a row for each case, whatever is known of it."""
        self._write_alone()
        self._connection.execute(_ENSURE, {"cases": list(map(_identity, cases)), "now": self._now})

    def erase(self, case: Recipient) -> None:
        """Forget everything about the case but that it was erased."""
        self._write_alone()
        self._connection.execute(_ERASE, {**_identity(case), "now": self._now})

    def is_any_erased(self, case_ids: Sequence[str]) -> bool:
        """Whether one of the cases has been erased; from here to the commit none can be."""
        self._write_alone()
        return bool(self._connection.execute(_IS_ANY_ERASED, {"case_ids": list(case_ids)}).scalar_one())

    def get(self, case_id: str) -> Recipient | None:
        """One case."""
        return self.load([case_id]).get(case_id)

    def load(self, case_ids: Sequence[str], *, lock: bool = False) -> dict[str, Recipient]:
        """Cases by id. With `lock` they cannot change until the commit, and those that others hold are left out."""
        how = "ORDER BY case_id FOR NO KEY UPDATE SKIP LOCKED" if lock else ""
        query = text(f"SELECT * FROM cases WHERE case_id = ANY (CAST(:ids AS text[])) {how}")
        rows = self._connection.execute(query, {"ids": list(case_ids)})
        return {row.case_id: _recipient(row) for row in rows}

    def mark_bad(self, case: Recipient, channel: str) -> None:
        """The case's address on this channel does not work, unless it was changed meanwhile."""
        parameters = {"case_id": case.case_id, "channel": channel, "contact_sequence": case.contact_sequence}
        self._connection.execute(_MARK_BAD, parameters)

    def mark_bad_since(self, case_id: str, channel: str, used_at: datetime) -> None:
        """The address used at that time does not work; one that was given later may."""
        parameters = {"case_id": case_id, "channel": channel, "used_at": used_at}
        self._connection.execute(_MARK_BAD_SINCE, parameters)

    def mark_announced(self, told: dict[str, int]) -> None:
        """Up to which change of their place the cases have been told."""
        if told:
            ordered = dict(sorted(told.items()))
            parameters = {"case_ids": list(ordered), "sequences": list(ordered.values())}
            self._connection.execute(_ANNOUNCED, parameters)

    def give_up(self, case_id: str) -> bool:
        """Note that the case cannot be reached; False when that was said of this contact before."""
        return self._connection.execute(_GIVE_UP, {"case_id": case_id}).rowcount == 1

    def _write_alone(self) -> None:
        if not self._is_alone:
            self._connection.execute(_ALONE)
            self._is_alone = True


def _identity(case: Recipient) -> dict[str, Any]:
    return {"case_id": case.case_id, "programme_id": case.programme_id, "municipality": case.municipality}


def _place(case: Recipient) -> dict[str, Any]:
    place = case.placement
    return {
        **_identity(case),
        "placement_sequence": place.sequence,
        "placement": place.kind,
        "booking_id": place.booking_id,
        "revision": place.revision,
        "placed_at": place.placed_at.isoformat() if place.placed_at else None,
        "session_starts_at": place.session.get("starts_at"),
        "session": place.session,
    }


def _age(fact: tuple[int, Recipient]) -> tuple[int, int]:
    return fact[0], STATES.index(fact[1].state or STATES[0])


def _recipient(row: Row[Any]) -> Recipient:
    contact = None
    if row.contact_sequence >= 0:
        contact = Contact(**{name: getattr(row, name) for name in CONTACT_COLUMNS}, bad=frozenset(row.bad_channels))
    return Recipient(
        case_id=row.case_id,
        programme_id=row.programme_id,
        municipality=row.municipality,
        state=row.state,
        contact=contact,
        contact_sequence=row.contact_sequence,
        placement=Placement(
            row.placement_sequence, row.placement, row.booking_id, row.revision, row.placed_at, row.session
        ),
        announced_sequence=row.announced_sequence,
        is_erased=row.is_erased,
    )
