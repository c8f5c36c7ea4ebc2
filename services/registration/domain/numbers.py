"""National numbers of organisations, checked as their registers issue them."""

from stdnum.dk import cvr
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.se import orgnr

from messaging.refusals import Refusal

_SCHEMES = {"dk": cvr, "se": orgnr}
_LENGTH = {
    "dk": "A CVR number has 8 digits.",
    "se": "An organisationsnummer has 10 digits.",
}
_CHECKSUM = {
    "dk": "This is no valid CVR number: a digit is wrong. Check it against a letter or an invoice.",
    "se": "This is no valid organisationsnummer: a digit is wrong. Check it against a letter or an invoice.",
}
_FORM = {
    "dk": "This is no CVR number: write its 8 digits and nothing else.",
    "se": "This is no organisationsnummer: write its 10 digits and nothing else.",
}


class NumberRefused(Refusal):
    """A number that no organisation can have."""

    slug = "number_refused"
    status = 422


def checked_number(country: str, number: str) -> str:
    """The number in its bare form: 8 digits in `dk` (CVR, modulus 11), 10 in `se` (organisationsnummer, Luhn).

    Spaces and hyphens are allowed, and the prefixes DK and 16 of Swedish numbers. Raises `NumberRefused`.
    """
    scheme = _SCHEMES[country]
    bare = _century_removed(scheme.compact(number.strip()), country)
    try:
        return str(scheme.validate(bare))
    except InvalidLength:
        raise NumberRefused(_LENGTH[country], field="number") from None
    except InvalidChecksum:
        raise NumberRefused(_CHECKSUM[country], field="number") from None
    except ValidationError:
        raise NumberRefused(_FORM[country], field="number") from None


def organisation_id_of(country: str, number: str) -> str:
    """The id of the organisation with a checked number, as `dk-cvr-12345678`."""
    return f"dk-cvr-{number}" if country == "dk" else f"se-orgnr-{number}"


def _century_removed(number: str, country: str) -> str:
    """Swedish registers write 16 before an organisationsnummer where a person's number has the century."""
    if country == "se" and len(number) == 12 and number.startswith("16"):
        return number[2:]
    return number
