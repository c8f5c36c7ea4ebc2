"""Made-up libraries and coaches: one library for each real municipality, coaches by its population.

Nothing here is a real branch, opening hour or person: no open list of them exists.
"""

from dataclasses import dataclass
from datetime import time
from math import ceil

from operations.rehearsal.world.chance import Chance
from operations.rehearsal.world.places import Country, Municipality, Place
from operations.rehearsal.world.programme import Programme
from operations.rehearsal.world.words import WORDS, Words

WEEKLY_SHARE = 0.09
"""Desk hours in a week for each organisation: plenty at first, short before a deadline, and the queue that is
left then is served in about four weeks."""

HOURS_OF_A_DAY = 6
DAYS_OF_A_COACH = 3
MORNING, AFTERNOON = time(9), time(13)


@dataclass(frozen=True)
class Library:
    """The place where a municipality helps."""

    venue_id: str
    municipality: str
    name: str
    address: str
    postcode: str
    city: str
    opens_at: time = time(8)
    closes_at: time = time(19)


@dataclass(frozen=True)
class Hours:
    """A stretch of a weekday (1 is Monday) on which a coach helps, every week."""

    weekday: int
    starts_at: time
    ends_at: time


@dataclass(frozen=True)
class Coach:
    """Somebody who helps: what for, in which languages, and when."""

    coach_id: str
    name: str
    email: str
    municipality: str
    venue_id: str
    languages: tuple[str, ...]
    forms: tuple[str, ...]
    topics: tuple[str, ...]
    hours: tuple[Hours, ...]


def libraries(seed: int, programme: Programme, country: Country) -> dict[str, Library]:
    """The library of each municipality."""
    words = WORDS[programme.country]
    made = {}
    for municipality in country.municipalities.values():
        chance = Chance(seed, f"library-{municipality.code}")
        place = chance.choose("place", municipality.places) if municipality.places else Place("", municipality.name)
        made[municipality.code] = Library(
            venue_id=f"{municipality.code}-library",
            municipality=municipality.code,
            name=words.library.format(municipality=municipality.name),
            address=f"{chance.choose('street', words.streets)} {chance.whole('house', 1, 60)}",
            postcode=place.postcode,
            city=place.town,
        )
    return made


def coaches(seed: int, count: int, programme: Programme, country: Country) -> list[Coach]:
    """The coaches for a country of `count` organisations."""
    everybody = sum(entry.population for entry in country.municipalities.values())
    made: list[Coach] = []
    for municipality in country.municipalities.values():
        expected = count * municipality.population / everybody
        hours = max(1, ceil(expected * WEEKLY_SHARE))
        number_of_coaches = ceil(hours / (HOURS_OF_A_DAY * DAYS_OF_A_COACH))
        for number in range(number_of_coaches):
            share = hours // number_of_coaches + (1 if number < hours % number_of_coaches else 0)
            made.append(_coach(seed, municipality, number, share, programme))
    return made


def _coach(seed: int, municipality: Municipality, number: int, hours: int, programme: Programme) -> Coach:
    words = WORDS[programme.country]
    coach_id = f"{municipality.code}-coach-{number + 1}"
    chance = Chance(seed, coach_id)
    name = f"{chance.choose('first name', words.first_names)} {chance.choose('family name', words.family_names)}"
    return Coach(
        coach_id=coach_id,
        name=name,
        email=f"coach-{number + 1}@{municipality.code}.{programme.country}.example",
        municipality=municipality.code,
        venue_id=f"{municipality.code}-library",
        languages=_languages(words, programme, chance, first=number == 0),
        forms=tuple(programme.forms),
        topics=_topics(programme, chance, first=number == 0),
        hours=_hours(chance, hours),
    )


def _languages(words: Words, programme: Programme, chance: Chance, *, first: bool) -> tuple[str, ...]:
    """Everybody speaks the country's language; a municipality's first coach English too, one in five another."""
    others = [language for language in programme.definition["names"] if language != words.language]
    spoken = [other for other in others if (first and other == "en") or chance.happens(f"speaks {other}", 0.2)]
    return (words.language, *spoken)


def _topics(programme: Programme, chance: Chance, *, first: bool) -> tuple[str, ...]:
    """Everybody knows the duty's topics; a municipality's first coach everything, the others what chance gave them."""
    further = [topic for topic in programme.topics if topic not in programme.duty_topics]
    return (*programme.duty_topics, *(topic for topic in further if first or chance.happens(f"knows {topic}", 0.6)))


def _hours(chance: Chance, hours: int) -> tuple[Hours, ...]:
    """The hours of a week on as few days as they need, mornings first, starting from a weekday of the coach's own."""
    first_day = chance.whole("first weekday", 0, 4)
    stretches = []
    for day in range(ceil(hours / HOURS_OF_A_DAY)):
        weekday = (first_day + 2 * day) % 5 + 1
        today = min(HOURS_OF_A_DAY, hours - day * HOURS_OF_A_DAY)
        morning = min(3, today)
        stretches.append(Hours(weekday, MORNING, time(MORNING.hour + morning)))
        if today > morning:
            stretches.append(Hours(weekday, AFTERNOON, time(AFTERNOON.hour + today - morning)))
    return tuple(stretches)
