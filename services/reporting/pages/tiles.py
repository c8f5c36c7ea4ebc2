"""The tile map: each municipality a square of the same size, with its number in it and a shade behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIZE = 44
"""A tile's side, in the units of the picture."""

SHARE_BOUNDS = (0.2, 0.4, 0.6, 0.8)
"""Where the shades of a share change: fifths."""

_SHORT_BOUNDS = ((1, 5, 10, 25), (1, 10, 50, 100), (1, 100, 500, 1000), (1, 1000, 5000, 10000))
_NAME_LENGTH = 5


@dataclass(frozen=True)
class Tile:
    """One municipality on the map; `shade` None means that its number is hidden, or that there is none."""

    code: str
    name: str
    short_name: str
    x: int
    y: int
    value: float | None
    shade: int | None


@dataclass(frozen=True)
class TileMap:
    """All tiles, the picture's size, and the lower bounds of the shades (shade 0 is below the first)."""

    tiles: list[Tile]
    width: int
    height: int
    bounds: tuple[float, ...]


def share_map(places: Sequence[Mapping[str, Any]]) -> TileMap:
    """How much of the way each municipality has come."""
    return _map(places, lambda place: place["fulfilled_share"], SHARE_BOUNDS)


def short_map(places: Sequence[Mapping[str, Any]]) -> TileMap:
    """How many seats each municipality is short of."""
    worst = max((place["seats_short"] or 0 for place in places), default=0)
    bounds = next((bounds for bounds in _SHORT_BOUNDS if worst < 4 * bounds[-1]), _SHORT_BOUNDS[-1])
    return _map(places, lambda place: place["seats_short"], bounds)


def _map(
    places: Sequence[Mapping[str, Any]],
    value_of: Callable[[Mapping[str, Any]], float | None],
    bounds: tuple[float, ...],
) -> TileMap:
    placed = [place for place in places if place["tile_column"] is not None]
    left = min((place["tile_column"] for place in placed), default=0)
    top = min((place["tile_row"] for place in placed), default=0)
    tiles = [
        Tile(
            place["code"],
            place["name"],
            place["name"][:_NAME_LENGTH],
            (place["tile_column"] - left) * SIZE,
            (place["tile_row"] - top) * SIZE,
            value_of(place),
            _shade(value_of(place), bounds),
        )
        for place in placed
    ]
    width = max((tile.x for tile in tiles), default=0) + SIZE
    height = max((tile.y for tile in tiles), default=0) + SIZE
    return TileMap(tiles, width, height, bounds)


def _shade(value: float | None, bounds: Sequence[float]) -> int | None:
    return None if value is None else sum(value >= bound for bound in bounds)
