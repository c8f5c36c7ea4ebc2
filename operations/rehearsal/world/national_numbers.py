"""National numbers that pass every check and belong to nobody we know of.

Danish CVR numbers come from the range 99 000 000-99 999 999, Swedish organisationsnummer from ranges with 999 in the
place of the series. Neither country reserves a range for tests, so these are unassigned-looking, not official.
"""

from collections.abc import Iterator
from random import Random

CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
SWEDISH_SERIES = {"company": "55999", "partnership": "96999", "association": "80299"}
"""The first digits by legal form: 5 limited company, 9 partnership, 8 association; the third digit is at least 2."""


class NumbersExhaustedError(ValueError):
    """More organisations were asked for than there are unassigned-looking numbers."""


def cvr_numbers(seed: int) -> Iterator[str]:
    """CVR numbers (modulus 11) in an order that depends on the seed; about 90,000, each once."""
    prefixes = list(range(9_900_000, 10_000_000))
    Random(f"{seed}|cvr").shuffle(prefixes)
    for prefix in prefixes:
        remainder = sum(weight * int(digit) for weight, digit in zip(CVR_WEIGHTS, str(prefix), strict=True)) % 11
        if remainder != 1:
            yield f"{prefix}{(11 - remainder) % 11}"
    raise NumbersExhaustedError("There are about 90,000 CVR numbers for a rehearsal: ask for fewer ORGANISATIONS.")


def swedish_numbers(seed: int, legal_form: str) -> Iterator[str]:
    """Organisationsnummer (Luhn) of one legal form in an order that depends on the seed; 10,000, each once."""
    middles = list(range(10_000))
    Random(f"{seed}|{legal_form}").shuffle(middles)
    for middle in middles:
        prefix = f"{SWEDISH_SERIES[legal_form]}{middle:04}"
        yield f"{prefix}{luhn_digit(prefix)}"
    raise NumbersExhaustedError("There are 10,000 Swedish numbers of a form: ask for fewer ORGANISATIONS.")


def luhn_digit(digits: str) -> int:
    """The check digit that makes `digits` plus it pass the Luhn check."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return -total % 10
