"""Prints letters: once each business day of a programme, in parts, with an address index beside each."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from babel.dates import format_date

from messaging.database import Database
from messaging.fairness import give_way
from messaging.identifiers import new_id
from services.notifications.channels.letter_sheets import LetterSheets, PrintedLetters, as_letter
from services.notifications.channels.texts import words_of
from services.notifications.channels.wording import Parcel, put_into_words
from services.notifications.domain.letters import print_run
from services.notifications.domain.message import SENT
from services.notifications.domain.programme import Programme
from services.notifications.domain.recipient import LETTER
from services.notifications.handlers.claiming import claim, preparation
from services.notifications.handlers.outcomes import tell_sent
from services.notifications.settings import NotificationsSettings
from services.notifications.storage.letter_batches import READY, REMOVED, STALE, LetterBatch
from services.notifications.storage.messages import Change
from services.notifications.storage.unit_of_work import NotificationsUnitOfWork
from web.links import Links

PART = 500
"""Letters in one file: printed in about a second, so that nothing waits long behind it."""

KEPT_DAYS = 30
"""The files hold names and addresses; the printers have fetched them long before."""


def print_letters(database: Database[Any]) -> int:
    """Print the next part of what is due, or a spoilt batch again; returns how much was done."""
    settings = _settings()
    with database.begin() as uow:
        due = _print_runs(uow)
    for programme, cut_off in due:
        if done := print_part(database, programme, cut_off, settings):
            return done
    return reprint_spoilt(database)


def _print_runs(uow: NotificationsUnitOfWork) -> list[tuple[Programme, datetime]]:
    runs = ((programme, print_run(programme, uow.now)) for programme in uow.programmes.all().values())
    return [(programme, cut_off) for programme, cut_off in runs if cut_off]


def print_part(
    database: Database[NotificationsUnitOfWork],
    programme: Programme,
    cut_off: datetime,
    settings: NotificationsSettings,
) -> int:
    """Claim up to a part of the letters, write the files, and only then record them as sent."""
    claim_id, prepare = new_id(), preparation(can_text=settings.sms_url is not None)
    with database.begin() as uow:
        letters = uow.messages.due_letters(programme.programme_id, cut_off, PART)
        if not letters:
            return 0
        claimed = claim(uow, letters, claim_id, frozenset({LETTER}), prepare)
        printed_on = programme.local(uow.now).date()
        part = uow.letter_batches.next_part(programme.programme_id, printed_on)
    if claimed.parcels:
        batch_id = f"{programme.programme_id}-{printed_on.isoformat()}-{part:03d}"
        printed = print_sheets(claimed.parcels, Links.of(settings.links))
        write_files(settings.letters_folder, batch_id, printed)
        with database.begin() as uow:
            state = _state_of(claimed.parcels, uow)
            batch = LetterBatch(
                batch_id, programme.programme_id, printed_on, part, len(claimed.parcels), state, uow.now
            )
            _record(uow, batch, claimed.parcels, printed.first_pages, claim_id)
    return claimed.looked_at


def reprint_spoilt(database: Database[Any]) -> int:
    """Print a batch again without the letters of erased cases."""
    settings = _settings()
    with database.begin() as uow:
        batch = uow.letter_batches.first_stale()
        if batch is None:
            return 0
        parcels = _parcels_again(uow, batch)
        if parcels:
            links = Links.of(settings.links)
            write_files(settings.letters_folder, batch.batch_id, print_sheets(parcels, links))
        else:
            _remove_files(settings.letters_folder, batch.batch_id)
        state = _state_of(parcels, uow) if parcels else REMOVED
        uow.letter_batches.settle(batch.batch_id, state=state, letters=len(parcels))
    return 1


def tidy_letters(uow: NotificationsUnitOfWork) -> int:
    """Remove the files of batches that were printed long ago."""
    old = uow.letter_batches.older_than(uow.now.date() - timedelta(days=KEPT_DAYS), 100)
    for batch in old:
        _remove_files(_settings().letters_folder, batch.batch_id)
        uow.letter_batches.settle(batch.batch_id, state=REMOVED)
    return len(old)


def print_sheets(parcels: Sequence[Parcel], links: Links) -> PrintedLetters:
    """The letters as one PDF with its index."""
    sheets = LetterSheets()
    for parcel in parcels:
        wording = put_into_words(parcel, links)
        local = parcel.programme.local(parcel.now) if parcel.programme else parcel.now
        dated = format_date(local.date(), words_of(wording.language)["date"], locale=wording.language)
        sheets.add(as_letter(parcel, wording, dated))
        give_way()
    return sheets.finish()


def write_files(folder: Path, batch_id: str, printed: PrintedLetters) -> None:
    """Both files, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in zip(batch_files(folder, batch_id), (printed.pdf, printed.index), strict=True):
        fresh = path.with_suffix(path.suffix + ".part")
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)


def batch_files(folder: Path, batch_id: str) -> tuple[Path, Path]:
    """Where a batch's PDF and index lie."""
    return folder / f"{batch_id}.pdf", folder / f"{batch_id}.csv"


def _record(
    uow: NotificationsUnitOfWork, batch: LetterBatch, parcels: Sequence[Parcel], pages: list[int], claim_id: str
) -> None:
    changes = [
        Change(message=parcel.message, state=SENT, channel=LETTER, batch_id=batch.batch_id, page=page)
        for parcel, page in zip(parcels, pages, strict=True)
    ]
    versions = uow.messages.change(changes, claim_id)
    uow.letter_batches.add(batch)
    for parcel in parcels:
        if parcel.message.message_id in versions:
            tell_sent(uow, parcel.message, LETTER, versions[parcel.message.message_id])


def _state_of(printed: Sequence[Parcel], uow: NotificationsUnitOfWork) -> str:
    """Ready, unless somebody in it was erased while it was printed: then it is printed once more.

    An erasure that comes after this waits for the commit, and finds the batch.
    """
    is_spoilt = uow.recipients.is_any_erased([parcel.message.case_id or "" for parcel in printed])
    return STALE if is_spoilt else READY


def _parcels_again(uow: NotificationsUnitOfWork, batch: LetterBatch) -> list[Parcel]:
    letters = uow.letter_batches.letters_of(batch.batch_id)
    recipients = uow.recipients.load([letter.case_id or "" for letter in letters])
    programme = uow.programmes.get(batch.programme_id)
    found = [(letter, recipients.get(letter.case_id or "")) for letter in letters]
    return [
        Parcel(letter, recipient, programme, LETTER, batch.created_at)
        for letter, recipient in found
        if recipient and not recipient.is_erased and recipient.contact
    ]


def _remove_files(folder: Path, batch_id: str) -> None:
    for path in batch_files(folder, batch_id):
        path.unlink(missing_ok=True)


def _settings() -> NotificationsSettings:
    return NotificationsSettings.load()
