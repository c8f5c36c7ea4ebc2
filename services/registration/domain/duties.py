"""What is left to do, in which order, by when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class ShownDuty:
    """One duty of an organisation; `names` by language."""

    obligation_id: str
    topic: str
    binds_on: date
    names: Mapping[str, str]
    requires: Sequence[str]
    is_done: bool


def duties_in_order(obligations: Sequence[Mapping[str, Any]], kind: str, done: Collection[str]) -> list[ShownDuty]:
    """The duties that catch an organisation of this kind, each after its prerequisites, the earliest date first."""
    caught = {duty["obligation_id"]: duty for duty in obligations if kind in duty["who"]["kinds"]}
    ordered: list[Mapping[str, Any]] = []
    ahead = sorted(caught.values(), key=lambda duty: duty["binds_on"])
    while ahead:
        placed = {duty["obligation_id"] for duty in ordered}
        step = next((d for d in ahead if not (set(d["requires"]) & caught.keys()) - placed), ahead[0])
        ordered.append(step)
        ahead.remove(step)
    return [
        ShownDuty(
            obligation_id=duty["obligation_id"],
            topic=duty["topic"],
            binds_on=date.fromisoformat(duty["binds_on"]),
            names=duty["names"],
            requires=duty["requires"],
            is_done=duty["topic"] in done,
        )
        for duty in ordered
    ]
