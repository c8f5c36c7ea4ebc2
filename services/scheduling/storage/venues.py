"""Libraries and offices, and the rooms in them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection

from messaging.sql import text
from services.scheduling.domain.people import Venue
from services.scheduling.domain.week import read_opening, write_opening

_SAVE = text("""
    INSERT INTO venues (venue_id, municipality, name, address, opening)
    VALUES (:venue_id, :municipality, :name, :address, :opening)
    ON CONFLICT (venue_id) DO UPDATE SET
        municipality = excluded.municipality, name = excluded.name, address = excluded.address,
        opening = excluded.opening
    WHERE (venues.municipality, venues.name, venues.address, venues.opening)
        IS DISTINCT FROM (excluded.municipality, excluded.name, excluded.address, excluded.opening)
    RETURNING venue_id
""")

_ROOM = text("""
    INSERT INTO rooms (venue_id, name) VALUES (:venue_id, :name)
    ON CONFLICT (venue_id, name) DO UPDATE SET name = excluded.name
    RETURNING room_number
""")


class VenueRepository:
    """Reads and writes venues."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, venue: Venue) -> bool:
        """Keep a venue; True when anything about it changed, which its coaches' sessions then follow."""
        facts = {
            "venue_id": venue.venue_id,
            "municipality": venue.municipality,
            "name": venue.name,
            "address": venue.address,
            "opening": write_opening(venue.opening),
        }
        if self._connection.execute(_SAVE, facts).first() is None:
            return False
        statement = text("""
            UPDATE coaches SET changed = true WHERE coach_id IN (
                SELECT coach_id FROM availability WHERE venue_id = :venue_id)""")
        self._connection.execute(statement, {"venue_id": venue.venue_id})
        return True

    def get(self, venue_id: str) -> Venue | None:
        """A venue by its id."""
        return next(iter(self._read("venue_id = :value", venue_id)), None)

    def of_municipality(self, municipality: str) -> list[Venue]:
        """A municipality's venues by name."""
        return self._read("municipality = :value", municipality)

    def missing(self, venue_ids: Iterable[str]) -> set[str]:
        """Which of these venues are unknown."""
        wanted = set(venue_ids)
        statement = text("SELECT venue_id FROM venues WHERE venue_id = ANY(CAST(:venue_ids AS text[]))")
        return wanted - set(self._connection.execute(statement, {"venue_ids": sorted(wanted)}).scalars())

    def room_number(self, venue_id: str, name: str) -> int:
        """The number of a room, given to it when it is first heard of."""
        return int(self._connection.execute(_ROOM, {"venue_id": venue_id, "name": name}).scalar_one())

    def page(self, after: str, limit: int) -> list[Venue]:
        """Venues by id, those after `after`."""
        statement = text("SELECT * FROM venues WHERE venue_id > :after ORDER BY venue_id LIMIT :limit")
        return [_venue(row) for row in self._connection.execute(statement, {"after": after, "limit": limit})]

    def _read(self, where: str, value: str) -> list[Venue]:
        rows = self._connection.execute(text(f"SELECT * FROM venues WHERE {where} ORDER BY name"), {"value": value})
        return [_venue(row) for row in rows]


def _venue(row: Any) -> Venue:
    return Venue(
        venue_id=row.venue_id,
        municipality=row.municipality,
        name=row.name,
        address=row.address,
        opening=tuple(read_opening(row.opening)),
    )
