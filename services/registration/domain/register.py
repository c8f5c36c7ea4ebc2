"""One row of the national register, checked: what is taken, and why a row is refused."""

from collections.abc import Sequence
from dataclasses import dataclass

from messaging.refusals import Refusal
from services.registration.domain.numbers import checked_number, organisation_id_of
from services.registration.domain.places import Places
from services.registration.domain.words import KINDS

COLUMNS = ("number", "kind", "name", "address", "postcode", "city", "municipality")
"""The columns of a register file that are read, in the order that staged rows keep them; others are ignored."""

NEEDED_COLUMNS = ("number", "kind", "name")
PLACE_COLUMNS = ("postcode", "municipality")
_LONGEST = 300

TOO_LONG = "longer than %(most)s characters; shorten it"
NO_SUCH_CODE = "no municipality has the code %(code)s; write it as %(country)s-0101"
SEVERAL_PLACES = "this postcode lies in several municipalities; write which: %(codes)s"
STANDS_TWICE = "stands on line %(line)s already; remove one"
NO_HEADER = "The header is no line of CSV (%(error)s); save the file as CSV UTF-8 with ordinary line ends."
COLUMNS_MISSING = "The header lacks %(missing)s; the columns are %(columns)s."
NO_CSV = "Line %(line)s is no CSV (%(error)s); check its quotes."
REASONS_WITH_FACTS = (TOO_LONG, NO_SUCH_CODE, SEVERAL_PLACES, STANDS_TWICE, NO_HEADER, COLUMNS_MISSING, NO_CSV)
"""Why a file or a row is refused, where the sentence tells something of it; pages know it again by these."""


class RowRefused(Refusal):
    """A row of the register that cannot be taken."""

    slug = "row_refused"
    status = 422


@dataclass(frozen=True)
class RegisterEntry:
    """A checked row."""

    organisation_id: str
    number: str
    kind: str
    name: str
    address: str | None
    postcode: str | None
    city: str | None
    municipality: str


def check_row(cells: Sequence[str], places: Places) -> RegisterEntry:
    """The entry in the cells of a row, which stand in the order of `COLUMNS`; raises `RowRefused`."""
    if len(cells) != len(COLUMNS):
        raise RowRefused("has more or fewer cells than the header; check its quotes and separators", field="row")
    row = dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
    for column, value in row.items():
        if len(value) > _LONGEST:
            raise RowRefused(TOO_LONG % {"most": _LONGEST}, field=column)
    number = _number(places.country, row["number"])
    if row["kind"] not in KINDS:
        raise RowRefused("use company, sole_proprietor or association", field="kind")
    if not row["name"]:
        raise RowRefused("write the organisation's name", field="name")
    return RegisterEntry(
        organisation_id=organisation_id_of(places.country, number),
        number=number,
        kind=row["kind"],
        name=row["name"],
        address=row["address"] or None,
        postcode=row["postcode"] or None,
        city=row["city"] or None,
        municipality=_municipality(row["municipality"], row["postcode"], places),
    )


def _number(country: str, number: str) -> str:
    try:
        return checked_number(country, number)
    except Refusal as refusal:
        raise RowRefused(str(refusal), field="number") from None


def _municipality(given: str, postcode: str, places: Places) -> str:
    if given:
        code = given if given.startswith(places.country) else f"{places.country}-{given.zfill(4)}"
        if code not in places.names:
            raise RowRefused(NO_SUCH_CODE % {"code": code, "country": places.country}, field="municipality")
        return code
    if not postcode:
        raise RowRefused("write the municipality or the postcode", field="municipality")
    found = sorted(place.municipality for place in places.of_postcode(postcode))
    if not found:
        raise RowRefused("this postcode is not known; write the municipality as well", field="postcode")
    if len(found) > 1:
        raise RowRefused(SEVERAL_PLACES % {"codes": ", ".join(found)}, field="municipality")
    return found[0]
