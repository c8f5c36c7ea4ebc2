"""The ten states of a case, in the order a case passes them, and the broader groups that are published."""

OBLIGED = "obliged"
WAITING = "waiting"
BOOKED = "booked"
FULFILLED = "fulfilled"
EXEMPT = "exempt"
UNREACHABLE = "unreachable"

STATES = (
    OBLIGED,
    "registered",
    "assessed",
    WAITING,
    BOOKED,
    "helped",
    FULFILLED,
    EXEMPT,
    "withdrawn",
    UNREACHABLE,
)

GROUPS: dict[str, tuple[str, ...]] = {
    "not_heard_from": (OBLIGED,),
    "under_way": ("registered", "assessed", BOOKED, "helped", EXEMPT, "withdrawn", UNREACHABLE),
    WAITING: (WAITING,),
    FULFILLED: (FULFILLED,),
}
"""What is published for a municipality: so broad that most of it need not be hidden. The few who left count as under way."""

SETTLED = (FULFILLED, EXEMPT)
"""The states that are never late."""


def by_state(numbers: dict[str, int]) -> dict[str, int]:
    """All ten states in order; a state that nobody is in counts nought."""
    return {state: numbers.get(state, 0) for state in STATES}


def by_group(numbers: dict[str, int]) -> dict[str, int]:
    """The same cases in the broader groups."""
    return {group: sum(numbers.get(state, 0) for state in states) for group, states in GROUPS.items()}


def late(numbers: dict[str, int]) -> int:
    """Cases that are neither fulfilled nor exempt: what is late once the deadline has passed."""
    return sum(number for state, number in numbers.items() if state not in SETTLED)
