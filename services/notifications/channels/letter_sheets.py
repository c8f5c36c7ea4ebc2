"""Prints letters: A4 for a window envelope, one PDF for a batch, with an index of the addresses beside it."""

import csv
import io
import logging
from dataclasses import dataclass
from importlib.resources import files

from services.notifications.channels.wording import Parcel, Wording
from services.notifications.domain.recipient import Contact
from web.spreadsheets import cells

_FONT = "DejaVu"
_LEFT, _RIGHT, _TOP, _BOTTOM = 25.0, 185.0, 25.0, 272.0
_WINDOW_TOP = 52.0
_BODY_TOP = 105.0
_LINE = 5.6

INDEX_COLUMNS = ("page", "pages", "reference", "organisation", "contact", "address", "postcode", "city", "language")


@dataclass(frozen=True)
class Letter:
    """What stands on a letter."""

    reference: str
    contact: Contact
    wording: Wording
    dated: str


@dataclass(frozen=True)
class PrintedLetters:
    """A batch as bytes: the PDF, the index as CSV, and the page each letter begins at."""

    pdf: bytes
    index: bytes
    first_pages: list[int]


class LetterSheets:
    """One PDF in the making. Widths of words are measured once: many letters say the same."""

    def __init__(self) -> None:
        from fpdf import FPDF  # noqa: PLC0415 - a third of a second, which only those who print need to spend

        logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table of every font
        self._pdf = FPDF(format="A4", unit="mm")
        self._pdf.set_auto_page_break(auto=False)
        fonts = files("services.notifications.channels") / "fonts"
        self._pdf.add_font(_FONT, "", str(fonts / "DejaVuSansCondensed.ttf"))
        self._pdf.add_font(_FONT, "B", str(fonts / "DejaVuSansCondensed-Bold.ttf"))
        self._widths: dict[tuple[str, float, str], float] = {}
        self._wrapped: dict[str, list[str]] = {}
        self._rows: list[tuple[object, ...]] = []
        self._first_pages: list[int] = []

    def add(self, letter: Letter) -> None:
        """Print one letter on as many pages as it takes."""
        self._pdf.add_page()
        first = self._pdf.page_no()
        self._head(letter)
        y = _BODY_TOP
        self._pdf.set_font(_FONT, "B", 13)
        for line in self._wrap(letter.wording.subject, 13, "B"):
            y = self._write(line, y, 1.2)
        self._pdf.set_font(_FONT, "", 10.5)
        y += _LINE * 0.6
        for line in self._lines(letter.wording.body):
            y = self._write(line, self._on_page(y))
        self._first_pages.append(first)
        self._index(letter, first)

    def finish(self) -> PrintedLetters:
        """The batch."""
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(INDEX_COLUMNS)
        writer.writerows(cells(row) for row in self._rows)
        return PrintedLetters(bytes(self._pdf.output()), text.getvalue().encode("utf-8-sig"), self._first_pages)

    def _head(self, letter: Letter) -> None:
        sender = letter.wording.footer.partition("\n")[0]
        self._pdf.set_font(_FONT, "B", 11)
        self._pdf.text(_LEFT, _TOP, sender)
        self._pdf.set_font(_FONT, "", 11)
        for number, line in enumerate(address_lines(letter.contact)):
            self._pdf.text(_LEFT, _WINDOW_TOP + number * 5.2, line[:60])
        self._pdf.set_font(_FONT, "", 9)
        self._pdf.text(_LEFT, _BODY_TOP - 14, letter.dated)
        self._pdf.set_font(_FONT, "", 7)
        self._pdf.text(_LEFT, 287, letter.reference)

    def _write(self, line: str, y: float, height: float = 1.0) -> float:
        if line:
            self._pdf.text(_LEFT, y, line)
        return y + _LINE * height

    def _on_page(self, y: float) -> float:
        if y <= _BOTTOM:
            return y
        self._pdf.add_page()
        return _TOP

    def _lines(self, body: str) -> list[str]:
        lines: list[str] = []
        for paragraph in body.split("\n"):
            found = self._wrapped.get(paragraph)
            if found is None:
                found = self._wrapped[paragraph] = self._wrap(paragraph, 10.5, "")
            lines += found
        return lines

    def _wrap(self, text: str, size: float, style: str) -> list[str]:
        lines, line, width = [], "", 0.0
        space = self._width(" ", size, style)
        for word in text.split():
            more = self._width(word, size, style)
            if line and width + space + more > _RIGHT - _LEFT:
                lines.append(line)
                line, width = word, more
            else:
                line, width = (f"{line} {word}", width + space + more) if line else (word, more)
        return [*lines, line]

    def _width(self, word: str, size: float, style: str) -> float:
        key = (word, size, style)
        if key not in self._widths:
            self._pdf.set_font(_FONT, style, size)
            self._widths[key] = float(self._pdf.get_string_width(word))
            self._pdf.set_font(_FONT, "B" if size > 12 else "", size)
        return self._widths[key]

    def _index(self, letter: Letter, first: int) -> None:
        to, pages = letter.contact, self._pdf.page_no() - first + 1
        address = (to.organisation_name, to.contact_name or "", to.address or "", to.postcode or "", to.city or "")
        self._rows.append((first, pages, letter.reference, *address, to.language))


def address_lines(contact: Contact) -> list[str]:
    """What stands in the envelope's window."""
    place = " ".join(part for part in (contact.postcode, contact.city) if part)
    lines = [contact.organisation_name, contact.contact_name or "", contact.address or "", place]
    return [" ".join(line.split()) for line in lines if line and line.strip()]


def as_letter(parcel: Parcel, wording: Wording, dated: str) -> Letter:
    """The letter of a parcel; its message id is the reference that a returned letter is known by."""
    return Letter(parcel.message.message_id, parcel.contact, wording, dated)
