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
from operations.rehearsal.world.places import Country
from operations.rehearsal.world.programme import Programme
from operations.rehearsal.world.words import WORDS, Words

KINDS = {
    "dk": {"company": 0.40, "sole_proprietor": 0.42, "association": 0.18},
    "se": {"company": 0.85, "association": 0.15},
}
"""Swedish sole traders use their personnummer, which is nobody's to invent: they are left out."""

_PLAIN_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})

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


def organisations(
    seed: int, count: int, programme: Programme, country: Country, curve: ArrivalCurve
) -> list[Organisation]:
    """The first `count` organisations of a seed; a larger count only adds to them."""
    maker = _Maker(seed, programme, country, curve)
    return [maker.make(order) for order in range(count)]


class _Maker:
    """Makes one organisation after the other."""

    def __init__(self, seed: int, programme: Programme, country: Country, curve: ArrivalCurve) -> None:
        self._seed, self._programme, self._country, self._curve = seed, programme, country, curve
        self._words = WORDS[programme.country]
        self._population = {code: float(entry.population) for code, entry in country.municipalities.items()}
        self._next_number = _numbers(seed, programme.country)

    def make(self, order: int) -> Organisation:
        """The organisation with this place in the register."""
        chance, words, programme = Chance(self._seed, f"organisation-{order}"), self._words, self._programme
        kind = chance.weighted("kind", KINDS[programme.country])
        municipality = self._country.municipalities[chance.weighted("municipality", self._population)]
        place = chance.choose("place", municipality.places)
        street = chance.choose("street", words.streets)
        number = self._next_number(kind)
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
            contact_name=_person(words, chance),
            email=_email(name, number, programme.country) if chance.happens("e-mail", HAS_EMAIL) else None,
            phone=f"{words.phone_prefix}{order:06}" if chance.happens("phone", HAS_PHONE) else None,
            language=_language(words, programme, chance),
            help_forms=_help_forms(programme, chance),
            levels=levels,
            topics=_topics(programme, levels, chance),
            arrives_on=self._curve.day_for(chance),
            chance=chance,
        )


def _numbers(seed: int, country: str) -> Callable[[str], str]:
    if country == "dk":
        danish = cvr_numbers(seed)
        return lambda _kind: next(danish)
    swedish: dict[str, Iterator[str]] = {form: swedish_numbers(seed, form) for form in ("company", "association")}
    return lambda kind: next(swedish[kind])


def _person(words: Words, chance: Chance) -> str:
    return f"{chance.choose('first name', words.first_names)} {chance.choose('family name', words.family_names)}"


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
    replaced = name.lower().translate(_PLAIN_LETTERS)
    plain = unicodedata.normalize("NFKD", replaced).encode("ascii", "ignore").decode()
    slug = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return f"post@{'-'.join(slug)[:30].strip('-')}-{number}.{country}.example"


def _level(chance: Chance, topic: str) -> int:
    return chance.weighted(f"level {topic}", {0: 0.45, 1: 0.30, 2: 0.18, 3: 0.07})


def _language(words: Words, programme: Programme, chance: Chance) -> str:
    spoken: dict[str, float] = dict.fromkeys(programme.definition["names"], 0.03)
    return chance.weighted("language", spoken | {words.language: 0.94})


def _help_forms(programme: Programme, chance: Chance) -> tuple[str, ...]:
    """What help is accepted: almost everybody a desk, many a course, some want to be visited."""
    wanted = {"desk": 0.92, "course": 0.45, "visit": 0.30 if "desk" in programme.forms else 0.80}
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
