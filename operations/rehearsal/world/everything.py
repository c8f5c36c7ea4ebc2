"""Everything that is made up before the first day."""

from dataclasses import dataclass
from pathlib import Path

from operations.errors import OperationsError
from operations.rehearsal.world.arrival_curve import arrival_curve
from operations.rehearsal.world.courses import Course, courses
from operations.rehearsal.world.libraries import Coach, Library, coaches, libraries
from operations.rehearsal.world.organisations import Organisation, organisations
from operations.rehearsal.world.places import Country, read_country
from operations.rehearsal.world.programme import Programme, read_programme


class NoSuchProgrammeError(OperationsError):
    """There is no file of the programme that was asked for."""


@dataclass(frozen=True)
class World:
    """A programme with its country and everybody in it."""

    programme: Programme
    country: Country
    organisations: list[Organisation]
    libraries: list[Library]
    coaches: list[Coach]
    courses: list[Course]


def make_world(programmes: Path, programme_id: str, count: int, seed: int) -> World:
    """The world of a seed."""
    path = programmes / f"{programme_id}.yaml"
    if not path.exists():
        there = ", ".join(sorted(file.stem for file in programmes.glob("*.yaml"))) or "none"
        raise NoSuchProgrammeError(f"There is no {path}. PROGRAMME can be one of: {there}.")
    programme = read_programme(path)
    country = read_country(programmes, programme.country)
    curve = arrival_curve(programme.starts_on, len(programme.days), programme.deadline)
    teachers = coaches(seed, count, programme, country)
    return World(
        programme=programme,
        country=country,
        organisations=organisations(seed, count, programme, country, curve),
        libraries=libraries(seed, programme, country),
        coaches=teachers,
        courses=courses(programme, country, teachers, count),
    )
