"""Made-up libraries and coaches: one library for each real municipality, coaches by its population.

Nothing here is a real branch, opening hour or person: no open list of them exists.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from operations.rehearsal.world.chance import Chance
from operations.rehearsal.world.places import Country, Municipality
from operations.rehearsal.world.programme import Programme
from operations.rehearsal.world.timetable import HALF_DAYS_OF_A_COACH, HalfDay, Stretch, half_days, week_of
from operations.rehearsal.world.words import WORDS, Words

OPENING = "mon-fri 08:00-19:00; sat 10:00-14:00"
COURSE = "course"


@dataclass(frozen=True)
class Library:
    """The place where a municipality helps."""

    venue_id: str
    municipality: str
    name: str
    address: str


@dataclass(frozen=True)
class Coach:
    """Somebody who helps: what for and until when, in which languages, and at which hours of a week."""

    coach_id: str
    name: str
    email: str
    municipality: str
    venue_id: str
    languages: tuple[str, ...]
    forms: tuple[str, ...]
    accreditations: dict[str, date]
    week: tuple[Stretch, ...]
    course_weekday: int

    @property
    def availability(self) -> str:
        """The week as the import of coaches reads it."""
        desk = self.coach_id.rpartition("-")[2]
        rooms = {"desk": f"/desk-{desk}"}
        return "; ".join(
            f"{stretch}@{self.venue_id}{rooms.get(stretch.form, '')}={stretch.form}" for stretch in self.week
        )


def libraries(seed: int, programme: Programme, country: Country) -> list[Library]:
    """The library of each municipality."""
    words = WORDS[programme.country]
    return [_library(seed, municipality, words) for municipality in country.municipalities.values()]


def _library(seed: int, municipality: Municipality, words: Words) -> Library:
    chance = Chance(seed, f"library-{municipality.code}")
    place = chance.choose("place", municipality.places)
    street = f"{chance.choose('street', words.streets)} {chance.whole('house', 1, 60)}"
    return Library(
        venue_id=f"{municipality.code}-library",
        municipality=municipality.code,
        name=words.library.format(municipality=municipality.name),
        address=f"{street}, {place.postcode} {place.town}",
    )


def coaches(seed: int, count: int, programme: Programme, country: Country) -> list[Coach]:
    """The coaches for a country of `count` organisations."""
    everybody = sum(entry.population for entry in country.municipalities.values())
    made: list[Coach] = []
    for municipality in country.municipalities.values():
        offered = half_days(programme.forms, count * municipality.population / everybody)
        number_of_coaches = ceil(len(offered) / HALF_DAYS_OF_A_COACH)
        made.extend(
            _coach(seed, municipality, number, offered[number::number_of_coaches], programme)
            for number in range(number_of_coaches)
        )
    return made


def _coach(
    seed: int, municipality: Municipality, number: int, offered: Sequence[HalfDay], programme: Programme
) -> Coach:
    words = WORDS[programme.country]
    coach_id = f"{municipality.code}-coach-{number + 1}"
    chance = Chance(seed, coach_id)
    name = f"{chance.choose('first name', words.first_names)} {chance.choose('family name', words.family_names)}"
    first_weekday = chance.whole("first weekday", 0, 4)
    return Coach(
        coach_id=coach_id,
        name=name,
        email=f"coach-{number + 1}@{municipality.code}.example",
        municipality=municipality.code,
        venue_id=f"{municipality.code}-library",
        languages=_languages(words, programme, chance, first=number == 0),
        forms=tuple(programme.forms),
        accreditations=_accreditations(programme, chance, first=number == 0),
        week=week_of(list(offered), first_weekday),
        course_weekday=(first_weekday + 1) % 5,
    )


def _languages(words: Words, programme: Programme, chance: Chance, *, first: bool) -> tuple[str, ...]:
    """Everybody speaks the country's language; a municipality's first coach English too, one in five another."""
    others = [language for language in programme.definition["names"] if language != words.language]
    spoken = [other for other in others if (first and other == "en") or chance.happens(f"speaks {other}", 0.2)]
    return (words.language, *spoken)


def _accreditations(programme: Programme, chance: Chance, *, first: bool) -> dict[str, date]:
    """Everybody knows the duty's topics, a municipality's first coach everything; some of the rest expires on the way."""
    long_after = programme.days[-1] + timedelta(days=730)
    known = dict.fromkeys(programme.duty_topics, long_after)
    for topic in programme.topics:
        if topic not in known and (first or chance.happens(f"knows {topic}", 0.6)):
            expires = not first and chance.happens(f"expires {topic}", 0.2)
            known[topic] = chance.choose(f"last day {topic}", programme.days[30:]) if expires else long_after
    return known


def venues_csv(everything: Iterable[Library]) -> bytes:
    """The libraries as the import of venues reads them."""
    heads = ("venue_id", "municipality", "name", "address", "opening")
    return _csv(heads, ((one.venue_id, one.municipality, one.name, one.address, OPENING) for one in everything))


def coaches_csv(everybody: Iterable[Coach]) -> bytes:
    """The coaches as the import of coaches reads them."""
    heads = ("coach_id", "name", "email", "municipalities", "languages", "forms", "accreditations", "availability")
    return _csv(heads, (_coach_row(one) for one in everybody))


def _coach_row(one: Coach) -> tuple[str, ...]:
    accredited = "; ".join(f"{topic}:{expires_on}" for topic, expires_on in one.accreditations.items())
    spoken, forms = "; ".join(one.languages), "; ".join(one.forms)
    return (one.coach_id, one.name, one.email, one.municipality, spoken, forms, accredited, one.availability)


def _csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return out.getvalue().encode()
