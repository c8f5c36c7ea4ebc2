"""How much processor time the machine has spent, whoever for."""

import os
from pathlib import Path

from operations.errors import StartError

_STAT = Path("/proc/stat")
_BUSY = (0, 1, 2, 5, 6)
"""user, nice, system, irq and softirq, as proc(5) orders them; what waits, idles or is somebody else's is not ours."""


def spent_seconds() -> float:
    """Of all processors together, since the machine began; raises StartError where the system does not tell."""
    if not _STAT.exists():
        raise StartError("Processor time is read from /proc/stat, which this system does not have: measure on Linux")
    _, *ticks = _STAT.read_text().splitlines()[0].split()
    return sum(int(ticks[kind]) for kind in _BUSY) / os.sysconf("SC_CLK_TCK")
