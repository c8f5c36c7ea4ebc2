"""`python -m tests.rehearsal.same_totals A B`: two rehearsals came to the same, one of them disturbed by kill -9."""

import json
import sys
from pathlib import Path
from typing import Any

SAME = (
    *("organisations", "registered", "assessed", "booked", "helped", "fulfilled", "waiting", "withdrawn", "states"),
    *("bookings", "no_shows", "messages_sent", "emails", "sms", "letters", "surveys", "satisfied_share"),
)
"""Totals of states, bookings and messages; how many events travelled, and how often, may differ."""


def differences(undisturbed: dict[str, Any], disturbed: dict[str, Any]) -> list[str]:
    """What differs of all that has to be the same, in words."""
    return [
        f"{name}: {undisturbed[name]} without kills, {disturbed[name]} with them"
        for name in SAME
        if undisturbed[name] != disturbed[name]
    ]


def main(paths: list[str]) -> str | None:
    """What to exit with: None when all is the same."""
    undisturbed, disturbed = (json.loads(Path(path).read_text()) for path in paths)
    if not disturbed["killed"]:
        return f"Nothing was killed in the rehearsal of {paths[1]}."
    found = differences(undisturbed, disturbed)
    print(f"{len(disturbed['killed'])} kills, {len(SAME)} totals compared, {len(found)} differ")  # noqa: T201 - a command
    return "\n".join(found) or None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
