"""An organisation moves: its case goes on in the municipality that the new postcode tells."""

from services.registration.domain.case import Case
from services.registration.domain.places import Places


def follow_postcode(case: Case, before: str | None, given: str | None, places: Places) -> bool:
    """Move the case where another postcode than before tells another municipality; says whether it moved.

    A postcode that lies in several municipalities, or is not known, moves nothing.
    """
    if given == before:
        return False
    told = places.told_by(given)
    return told is not None and case.move_to(told)
