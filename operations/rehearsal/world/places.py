"""The real municipalities and postcodes of a country, as the platform itself is given them."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A postcode with its town."""

    postcode: str
    town: str


@dataclass(frozen=True)
class Municipality:
    """A municipality with its population, neighbours and postcodes."""

    code: str
    name: str
    region: str
    population: int
    neighbours: tuple[str, ...]
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Country:
    """All municipalities of a country, and the two files they came from."""

    code: str
    municipalities: dict[str, Municipality]
    municipalities_csv: bytes
    postcodes_csv: bytes | None

    def islands(self) -> dict[str, int]:
        """Which municipalities hang together by neighbourhood: only within one island can two cases want one seat."""
        island_of: dict[str, int] = {}
        for number, start in enumerate(self.municipalities):
            ahead = [start]
            while ahead:
                code = ahead.pop()
                if code not in island_of and code in self.municipalities:
                    island_of[code] = number
                    ahead.extend(self.municipalities[code].neighbours)
        return island_of


def read_country(programmes: Path, code: str) -> Country:
    """The country's files below the folder of programmes.

    A municipality without a postcode in them gets one that is given to nobody: 99 and the end of its own code.
    """
    municipalities_csv = (programmes / "municipalities" / f"{code}.csv").read_bytes()
    postcodes = programmes / "postcodes" / f"{code}.csv"
    postcodes_csv = postcodes.read_bytes() if postcodes.exists() else None
    places = _places(postcodes_csv)
    rows = csv.DictReader(municipalities_csv.decode("utf-8-sig").splitlines())
    municipalities = {
        row["code"]: Municipality(
            code=row["code"],
            name=row["name"],
            region=row["region"],
            population=int(row["population"]),
            neighbours=tuple(row["neighbours"].split()),
            places=tuple(places.get(row["code"]) or [Place(f"99{row['code'][-3:]}", row["name"])]),
        )
        for row in rows
    }
    return Country(code, municipalities, municipalities_csv, postcodes_csv)


def _places(postcodes_csv: bytes | None) -> dict[str, list[Place]]:
    """Postcodes by municipality: only those that lie in one alone, unless a municipality has no other."""
    if postcodes_csv is None:
        return {}
    rows = list(csv.DictReader(postcodes_csv.decode("utf-8-sig").splitlines()))
    homes: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        homes[row["postcode"]].add(row["municipality"])
    every: dict[str, list[Place]] = defaultdict(list)
    alone: dict[str, list[Place]] = defaultdict(list)
    for row in rows:
        place = Place(row["postcode"], row["town"])
        every[row["municipality"]].append(place)
        if len(homes[row["postcode"]]) == 1:
            alone[row["municipality"]].append(place)
    return {code: alone.get(code) or places for code, places in every.items()}
