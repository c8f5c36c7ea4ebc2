"""Takes staged rows of the national register, a chunk to a transaction, so that nothing else ever waits for it."""

from typing import Any

from sqlalchemy import Row

from frist_contracts import CaseOpened, CaseProgressed, ContactChanged, Lane
from services.registration.domain.register import STANDS_TWICE, RegisterEntry, RowRefused, check_row
from services.registration.handlers.telling import BY_PROGRAMME
from services.registration.storage.history import HistoryEntry
from services.registration.storage.imports import Counts, RefusedRow
from services.registration.storage.programmes import Programme
from services.registration.storage.register import CASE_VERSION_AFTER_OPENING, Opened, Outdated
from services.registration.storage.unit_of_work import RegistrationUnitOfWork

CHUNK = 1_000
"""Rows to a transaction: a moment, so that neither the relay nor anybody at a counter notices."""

_COUNTRY_LANGUAGE = {"dk": "da", "se": "sv"}

Checked = list[tuple[int, RegisterEntry]]


def break_off_abandoned(uow: RegistrationUnitOfWork) -> int:
    """Leave nothing behind of a file that stopped coming a day ago."""
    return uow.imports.break_off_abandoned()


def import_next_rows(uow: RegistrationUnitOfWork) -> int:
    """Take the next chunk of the oldest import; returns how much was done, 0 when nothing is left."""
    run = uow.imports.next_run()
    if run is None:
        return 0
    rows = uow.imports.next_rows(run, CHUNK)
    if not rows:
        uow.imports.finish(run.run_id)
        return 1
    programme = uow.programmes.get(run.programme_id)
    checked, refused = _check(run, rows, programme, uow)
    counts = _take(run, checked, programme, uow)
    uow.imports.add_refusals(run.run_id, refused)
    uow.imports.advance(run.run_id, rows[0].line, rows[-1].line, Counts(*counts, refused=len(refused)))
    return len(rows)


def _check(
    run: Row[Any], rows: list[Row[Any]], programme: Programme, uow: RegistrationUnitOfWork
) -> tuple[Checked, list[RefusedRow]]:
    """The rows that can be taken, and why the others cannot; an organisation is taken once from each file."""
    places = uow.places.of(programme.country)
    refused: list[RefusedRow] = []
    found: Checked = []
    for row in rows:
        try:
            found.append((row.line, check_row(row.cells, places)))
        except RowRefused as refusal:
            refused.append(RefusedRow(row.line, "".join(row.cells[:1])[:40], refusal.field or "", str(refusal)))
    first_lines = uow.register.seen_before(run.run_id, [entry.organisation_id for _, entry in found])
    checked: Checked = []
    for line, entry in found:
        first = first_lines.setdefault(entry.organisation_id, line)
        if first == line:
            checked.append((line, entry))
        else:
            refused.append(RefusedRow(line, entry.number, "number", STANDS_TWICE % {"line": first}))
    return checked, refused


def _take(run: Row[Any], checked: Checked, programme: Programme, uow: RegistrationUnitOfWork) -> tuple[int, int, int]:
    """Keep the rows and tell what is new; returns how many cases were opened, updated and left as they were."""
    entries = [entry for _, entry in checked]
    if not entries:
        return 0, 0, 0
    language = _COUNTRY_LANGUAGE[programme.country]
    outdated = uow.register.outdated(programme.programme_id, entries, uow.places.of(programme.country))
    uow.register.put_organisations(run.run_id, programme.country, checked)
    opened = uow.register.open_cases(programme.programme_id, entries, uow.links, language, uow.now)
    uow.register.move(outdated)
    for each in opened:
        _tell_opened(each, programme.programme_id, language, uow)
    for found in outdated:
        _tell_outdated(found, programme.programme_id, uow)
    moved = [found.row for found in outdated if found.has_moved]
    uow.history.add([HistoryEntry(row.case_id, uow.now, "moved", row.state, BY_PROGRAMME) for row in moved])
    return len(opened), len(outdated), len(entries) - len(opened) - len(outdated)


def _tell_opened(opened: Opened, programme_id: str, language: str, uow: RegistrationUnitOfWork) -> None:
    entry = opened.entry
    about: dict[str, Any] = {
        "case_id": opened.case_id,
        "programme_id": programme_id,
        "municipality": entry.municipality,
        "state": "obliged",
    }
    uow.outbox.add(CaseOpened(**about, sequence=1, organisation_id=entry.organisation_id, kind=entry.kind))
    contact = ContactChanged(
        **about,
        sequence=CASE_VERSION_AFTER_OPENING,
        organisation_name=entry.name,
        address=entry.address,
        postcode=entry.postcode,
        city=entry.city,
        language=language,
    )
    uow.outbox.add(contact, lane=Lane.BULK)


def _tell_outdated(found: Outdated, programme_id: str, uow: RegistrationUnitOfWork) -> None:
    """What the register knows more of, with everything else that is known; and to who hears no contact data, a move."""
    row = found.row
    about = {
        "case_id": row.case_id,
        "programme_id": programme_id,
        "municipality": found.municipality,
        "state": row.state,
    }
    event = ContactChanged(
        **about,
        **found.contact,
        sequence=found.contact_sequence,
        contact_name=row.contact_name,
        email=row.email,
        phone=row.phone,
        language=row.language,
        channel=row.channel,
        link_version=row.link_version,
    )
    uow.outbox.add(event, lane=Lane.BULK)
    if found.has_moved:
        uow.outbox.add(CaseProgressed(**about, sequence=found.version))
