"""Worlds for the tests of the rehearsal, made from the real programme files."""

from pathlib import Path

from operations.rehearsal.world.arrival_curve import arrival_curve
from operations.rehearsal.world.organisations import Organisation, organisations
from operations.rehearsal.world.places import Country, read_country
from operations.rehearsal.world.programme import Programme, read_programme

PROGRAMMES = Path(__file__).parents[2] / "programmes"
DANISH, SWEDISH = "dk-digital-post-2013", "se-it-micro-2001"


def a_programme(programme_id: str = DANISH) -> Programme:
    return read_programme(PROGRAMMES / f"{programme_id}.yaml")


def a_country(code: str = "dk") -> Country:
    return read_country(PROGRAMMES, code)


def some_organisations(count: int = 500, programme_id: str = DANISH, seed: int = 2013) -> list[Organisation]:
    programme = a_programme(programme_id)
    curve = arrival_curve(programme.starts_on, len(programme.days), programme.deadline)
    return organisations(seed, count, programme, a_country(programme.country), curve)
