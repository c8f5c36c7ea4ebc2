"""The skills inventory: a level 0-3 for each topic of the programme, and what help is wanted with."""

from collections.abc import Collection

from messaging.refusals import Refusal

LOWEST, HIGHEST = 0, 3


class InventoryRefused(Refusal):
    """Answers that do not fit the programme's questionnaire."""

    slug = "inventory_refused"
    status = 422


def check_inventory(levels: dict[str, int], topics: list[str], known: Collection[str]) -> None:
    """Every topic needs a level, and help is wanted with known topics only; raises `InventoryRefused`."""
    choice = ", ".join(known)
    for topic in (*levels, *topics):
        if topic not in known:
            field = "topics" if topic in topics else "levels"
            raise InventoryRefused(f"{topic} is not a topic of this programme; use: {choice}.", field=field)
    missing = [topic for topic in known if topic not in levels]
    if missing:
        raise InventoryRefused(f"Give a level from 0 to 3 for: {', '.join(missing)}.", field=f"levels.{missing[0]}")
    for topic, level in levels.items():
        if not LOWEST <= level <= HIGHEST:
            raise InventoryRefused("A level is 0, 1, 2 or 3.", field=f"levels.{topic}")
