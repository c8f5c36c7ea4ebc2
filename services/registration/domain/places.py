"""A country's geography: its municipalities, and where each postcode lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class PostcodePlace:
    """A municipality that a postcode lies in, and the town that letters name."""

    municipality: str
    name: str
    town: str


@dataclass(frozen=True)
class Places:
    """`names` of municipalities by code, as people look for them; `postcodes` with their places, the most people first."""

    country: str
    names: Mapping[str, str] = field(default_factory=dict)
    postcodes: Mapping[str, Sequence[PostcodePlace]] = field(default_factory=dict)

    def of_postcode(self, postcode: str) -> Sequence[PostcodePlace]:
        """Where a postcode lies; several when it crosses a border, none when it is not known."""
        return self.postcodes.get(postcode, ())

    def told_by(self, postcode: str | None) -> str | None:
        """The municipality that a postcode tells: None where it lies in several, or is not known."""
        found = self.of_postcode((postcode or "").strip())
        return found[0].municipality if len(found) == 1 else None
