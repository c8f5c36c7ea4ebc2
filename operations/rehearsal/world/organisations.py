"""Made-up organisations: who they are, how they can be reached, what they know and when they are heard from."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from operations.rehearsal.world.arrival_curve import ArrivalCurve
from operations.rehearsal.world.chance import Chance
from operations.rehearsal.world.national_numbers import cvr_numbers, swedish_numbers
from operations.rehearsal.world.places import Country, Municipality, Place
from operations.rehearsal.world.programme import Programme
from operations.rehearsal.world.words import WORDS, Words

KINDS = {
    "dk": {"company": 0.40, "sole_proprietor": 0.42, "association": 0.18},
    "se": {"company": 0.85, "association": 0.15},
}
"""Swedish sole traders use their personnummer, which is nobody's to invent: they are left out."""

HAS_EMAIL = 0.85
HAS_PHONE = 0.70


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation; `arrives_on` is None for one that is not heard from during the replay."""

    number: str
    name: str
    kind: str
    municipality: str
    address: str
    postcode: str
    city: str
    contact_name: str
    email: str | None
    phone: str | None
    language: str
    help_forms: tuple[str, ...]
    levels: dict[str, int]
    topics: tuple[str, ...]
    arrives_on: date | None
    chance: Chance

    @property
    def channel(self) -> str:
        """The channel it prefers, of those it has."""
        if self.email:
            return "email"
        return "sms" if self.phone else "letter"


def organisations(seed: int, count: int, programme: Programme, country: Country, curve: ArrivalCurve) -> list[Organisation]:
    """The first `count` organisations of a seed; a larger count only adds to them."""
    next_number = _numbers(seed, programme.country)
    population = {code: float(entry.population) for code, entry in country.municipalities.items()}
    made = []
    for place in range(count):
        chance = Chance(seed, f"organisation-{place}")
        kind = chance.weighted("kind", KINDS[programme.country])
        municipality = country.municipalities[chance.weighted("municipality", population)]
        made.append(_organisation(place, next_number(kind), kind, municipality, programme, curve, chance))
    return made


def _numbers(seed: int, country: str) -> Callable[[str], str]:
    if country == "dk":
        danish = cvr_numbers(seed)
        return lambda _kind: next(danish)
    swedish: dict[str, Iterator[str]] = {form: swedish_numbers(seed, form) for form in ("company", "association")}
    return lambda kind: next(swedish[kind])


def _organisation(
    order: int,
    number: str,
    kind: str,
    municipality: Municipality,
    programme: Programme,
    curve: ArrivalCurve,
    chance: Chance,
) -> Organisation:
    words = WORDS[programme.country]
    place = chance.choose("place", municipality.places) if municipality.places else Place("", municipality.name)
    street = chance.choose("street", words.streets)
    contact = f"{chance.choose('first name', words.first_names)} {chance.choose('family name', words.family_names)}"
    name = _name(words, kind, place.town, street, chance)
    levels = {topic: _level(chance, topic) for topic in programme.topics}
    return Organisation(
        number=number,
        name=name,
        kind=kind,
        municipality=municipality.code,
        address=f"{street} {chance.whole('house', 1, 98)}",
        postcode=place.postcode,
        city=place.town,
        contact_name=contact,
        email=_email(name, number, programme.country) if chance.happens("e-mail", HAS_EMAIL) else None,
        phone=f"{words.phone_prefix}{order:06}" if chance.happens("phone", HAS_PHONE) else None,
        language=_language(words, programme, chance),
        help_forms=_help_forms(programme, chance),
        levels=levels,
        topics=_topics(programme, levels, chance),
        arrives_on=curve.day_for(chance),
        chance=chance,
    )


def _name(words: Words, kind: str, town: str, street: str, chance: Chance) -> str:
    return chance.choose("pattern", words.patterns[kind]).format(
        first=chance.choose("first name", words.first_names),
        family=chance.choose("family name", words.family_names),
        family2=chance.choose("second family name", words.family_names),
        trade=chance.choose("trade", words.trades),
        town=town,
        street=street,
    )


def _email(name: str, number: str, country: str) -> str:
    """An address below `.example`, which can never be delivered to anybody."""
    replaced = name.lower().translate(str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "a", "ö": "o", "ı": "i"}))
    plain = unicodedata.normalize("NFKD", replaced).encode("ascii", "ignore").decode()
    slug = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return f"post@{'-'.join(slug)[:30].strip('-')}-{number}.{country}.example"


def _level(chance: Chance, topic: str) -> int:
    return chance.weighted(f"level {topic}", {0: 0.45, 1: 0.30, 2: 0.18, 3: 0.07})


def _language(words: Words, programme: Programme, chance: Chance) -> str:
    spoken = {language: 0.03 for language in programme.definition["names"]}
    return chance.weighted("language", {**spoken, words.language: 0.94})


def _help_forms(programme: Programme, chance: Chance) -> tuple[str, ...]:
    """What help is accepted: almost everybody a desk, many a course, some want to be visited."""
    wanted = {"desk": 0.92, "course": 0.45, "visit": 0.30}
    accepted = tuple(form for form in programme.forms if chance.happens(f"accepts {form}", wanted.get(form, 0.5)))
    return accepted or (next(iter(programme.forms)),)


def _topics(programme: Programme, levels: dict[str, int], chance: Chance) -> tuple[str, ...]:
    """What it wants help with: the duty's topics, sometimes one more; 6 % manage by themselves."""
    if chance.happens("manages alone", 0.06):
        return ()
    further = [topic for topic in programme.topics if topic not in programme.duty_topics and levels[topic] < 2]
    wanted = [*programme.duty_topics]
    if further and chance.happens("wants more", 0.25):
        wanted.append(chance.choose("further topic", further))
    return tuple(wanted)


def register_csv(everybody: list[Organisation], columns: dict[str, str]) -> bytes:
    """The national register: `columns` maps each heading to the attribute it shows, as the platform documents them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([getattr(one, attribute) or "" for attribute in columns.values()] for one in everybody)
    return out.getvalue().encode()
