"""`/notifications/api/letter-batches`: what the printers fetch."""

from typing import Any

from flask import Response

from services.notifications.domain.refusals import BatchUnknown
from services.notifications.handlers.letters import batch_files
from services.notifications.schemas import LetterBatchPageSchema
from services.notifications.settings import letters_folder
from services.notifications.storage.letter_batches import READY, LetterBatch
from web.access import Role, allow, key, staff
from web.access_log import log_access
from web.api_blueprint import ApiBlueprint
from web.database import unit_of_work
from web.paging import Page, PageArgs, page_args

letter_batches = ApiBlueprint("letter_batches", __name__, description="Letters, printed once each business day.")

PRINTERS = (staff(Role.OPERATOR), key("letters:read"))


@letter_batches.route("/letter-batches")
@allow(*PRINTERS)
@letter_batches.arguments(page_args, location="query")
@letter_batches.response(200, LetterBatchPageSchema)
def list_batches(page: PageArgs) -> Page[LetterBatch]:
    """The batches, newest first."""
    with unit_of_work() as uow:
        found = uow.letter_batches.page(page.after, page.rows)
    return Page.of(found, page, cursor_of)


@letter_batches.route("/letter-batches/<batch_id>.pdf")
@allow(*PRINTERS)
@letter_batches.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def download_letters(batch_id: str) -> Response:
    """The letters of a batch, ready to print."""
    return batch_response(batch_id, "application/pdf")


@letter_batches.route("/letter-batches/<batch_id>.csv")
@allow(*PRINTERS)
@letter_batches.response(200, {"type": "string"}, content_type="text/csv")
def download_addresses(batch_id: str) -> Response:
    """The index of a batch's addresses: which letter begins at which page."""
    return batch_response(batch_id, "text/csv")


def batch_response(batch_id: str, content_type: str) -> Response:
    """One of the two files; that it was fetched is kept."""
    with unit_of_work() as uow:
        batch = uow.letter_batches.get(batch_id)
        if batch is None or batch.state != READY:
            raise BatchUnknown("There is no such batch, or its files are gone; see the list of batches.")
        log_access(uow, action="export", subject=f"letter_batch:{batch_id}")
        letters, addresses = batch_files(letters_folder(), batch.batch_id)
        path = letters if content_type == "application/pdf" else addresses
        if not path.is_file():
            raise BatchUnknown("The files of this batch are not on this machine; check FRIST_LETTERS_FOLDER.")
        if path == letters:
            uow.letter_batches.mark_downloaded(batch_id)
    response = Response(path.read_bytes(), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response


def cursor_of(batch: LetterBatch) -> tuple[Any, ...]:
    """What lists of batches are sorted by."""
    return (batch.created_at.isoformat(), batch.batch_id)
