"""Municipalities and postcodes."""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Text, bindparam, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from messaging.remembering import RowMemory, ShortMemory, row_version
from services.registration.domain.places import Places, PostcodePlace
from services.registration.storage.tables import countries, municipalities, postcodes

_MUNICIPALITY_COLUMNS = [column.name for column in municipalities.c]
_KNOWN: RowMemory[Places] = RowMemory()
_RECENT: ShortMemory[Places] = ShortMemory()
_HERE = bindparam("country", type_=Text())

_VERSION = text(f"SELECT {row_version('countries')} FROM countries WHERE country = :country")
"""Another one whenever something in the country's geography was put."""
_NAMES = (
    select(municipalities.c.code, municipalities.c.name)
    .where(municipalities.c.country == _HERE)
    .order_by(municipalities.c.name)
)
_POSTCODES = (
    select(postcodes.c.postcode, postcodes.c.municipality, municipalities.c.name, postcodes.c.town)
    .join(municipalities, municipalities.c.code == postcodes.c.municipality)
    .where(postcodes.c.country == _HERE)
    .order_by(municipalities.c.population.desc())
)


class PlaceRepository:
    """Reads and replaces a country's municipalities and postcodes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_municipalities(self, country: str, rows: Sequence[dict[str, Any]]) -> int | None:
        """Set the municipalities of a country; those not named stay only if a postcode still needs them.

        Returns how often they were changed by now, and None when these very ones were set last.
        """
        _RECENT.forget(self._connection)
        insertion = insert(municipalities)
        taken = {name: insertion.excluded[name] for name in _MUNICIPALITY_COLUMNS if name != "code"}
        upsert = insertion.on_conflict_do_update(index_elements=[municipalities.c.code], set_=taken)
        self._connection.execute(upsert, list(rows))
        gone = municipalities.c.code.not_in([row["code"] for row in rows])
        used = select(postcodes.c.municipality)
        here = municipalities.c.country == country
        self._connection.execute(delete(municipalities).where(here, gone, municipalities.c.code.not_in(used)))
        digest = _digest(rows)
        told = select(countries.c.digest).where(countries.c.country == country).with_for_update()
        is_new = self._connection.execute(told).scalar() != digest
        first = insert(countries).values(country=country, version=1, digest=digest)
        counted = first.on_conflict_do_update(
            index_elements=[countries.c.country],
            set_={"version": countries.c.version + int(is_new), "digest": digest},
        )
        version = int(self._connection.execute(counted.returning(countries.c.version)).scalar_one())
        return version if is_new else None

    def put_postcodes(self, country: str, rows: Iterable[dict[str, Any]]) -> None:
        """Replace the postcodes of a country."""
        _RECENT.forget(self._connection)
        self._connection.execute(delete(postcodes).where(postcodes.c.country == country))
        self._connection.execute(insert(postcodes), list(rows))
        touched = update(countries).where(countries.c.country == country).values(version=countries.c.version)
        self._connection.execute(touched)  # so that nobody goes on with the postcodes of before

    def of(self, country: str) -> Places:
        """The country's geography; an unknown country has none."""
        version = self._connection.execute(_VERSION, {"country": country}).scalar()
        return places_of(self._connection, country, version)

    def recent(self, country: str) -> Places:
        """The country's geography of a moment ago."""
        return _RECENT.value(self._connection, country, lambda: self.of(country))


def places_of(connection: Connection, country: str, version: str | None) -> Places:
    """The geography that goes with a version of the country's row; None is a country that has none yet."""
    if version is None:
        return Places(country)
    return _KNOWN.value(connection, country, version, lambda: _read(connection, country))


def _read(connection: Connection, country: str) -> Places:
    names = {row.code: row.name for row in connection.execute(_NAMES, {"country": country})}
    found: dict[str, list[PostcodePlace]] = {}
    for postcode, *place in connection.execute(_POSTCODES, {"country": country}):
        found.setdefault(postcode, []).append(PostcodePlace(*place))
    return Places(country, names, found)


def _digest(rows: Sequence[dict[str, Any]]) -> str:
    return sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
