"""Municipalities and postcodes."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, select
from sqlalchemy.dialects.postgresql import insert

from services.registration.storage.tables import countries, municipalities, postcodes

_MUNICIPALITY_COLUMNS = [column.name for column in municipalities.c]


class PlaceRepository:
    """Reads and replaces a country's municipalities and postcodes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_municipalities(self, country: str, rows: Sequence[dict[str, Any]]) -> int:
        """Set the municipalities of a country; those not named stay only if a postcode still needs them.

        Returns how often they were set by now.
        """
        insertion = insert(municipalities)
        taken = {name: insertion.excluded[name] for name in _MUNICIPALITY_COLUMNS if name != "code"}
        upsert = insertion.on_conflict_do_update(index_elements=[municipalities.c.code], set_=taken)
        self._connection.execute(upsert, list(rows))
        gone = municipalities.c.code.not_in([row["code"] for row in rows])
        used = select(postcodes.c.municipality)
        here = municipalities.c.country == country
        self._connection.execute(delete(municipalities).where(here, gone, municipalities.c.code.not_in(used)))
        first = insert(countries).values(country=country, version=1)
        counted = first.on_conflict_do_update(
            index_elements=[countries.c.country], set_={"version": countries.c.version + 1}
        )
        return int(self._connection.execute(counted.returning(countries.c.version)).scalar_one())

    def put_postcodes(self, country: str, rows: Iterable[dict[str, Any]]) -> None:
        """Replace the postcodes of a country."""
        self._connection.execute(delete(postcodes).where(postcodes.c.country == country))
        self._connection.execute(insert(postcodes), list(rows))

    def names(self, country: str) -> dict[str, str]:
        """The names of a country's municipalities by code, in the order people look for them."""
        query = select(municipalities.c.code, municipalities.c.name).where(municipalities.c.country == country)
        rows = self._connection.execute(query.order_by(municipalities.c.name))
        return {row.code: row.name for row in rows}

    def name_of(self, code: str) -> str | None:
        """The municipality's name, or None when there is no such code."""
        return self._connection.execute(select(municipalities.c.name).where(municipalities.c.code == code)).scalar()

    def of_postcode(self, country: str, postcode: str) -> list[Row[Any]]:
        """Where a postcode lies: `municipality`, `name`, `town`; several rows when it crosses a border."""
        columns = select(postcodes.c.municipality, municipalities.c.name, postcodes.c.town)
        here = (postcodes.c.country == country) & (postcodes.c.postcode == postcode.replace("\0", ""))
        joined = columns.join(municipalities, municipalities.c.code == postcodes.c.municipality).where(here)
        return list(self._connection.execute(joined.order_by(municipalities.c.population.desc())))

    def postcode_map(self, country: str) -> dict[str, list[str]]:
        """The municipalities of every postcode of a country; for importing a whole register."""
        found: dict[str, list[str]] = {}
        query = select(postcodes.c.postcode, postcodes.c.municipality).where(postcodes.c.country == country)
        for row in self._connection.execute(query.order_by(postcodes.c.municipality)):
            found.setdefault(row.postcode, []).append(row.municipality)
        return found

    def has_postcodes(self, country: str) -> bool:
        """Whether the municipality can be found from a postcode in this country."""
        query = select(postcodes.c.postcode).where(postcodes.c.country == country).limit(1)
        return self._connection.execute(query).first() is not None
