"""One platform to a folder: a second one would end the first one's processes as left-overs, and be ended by it in turn."""

import fcntl
import os
from pathlib import Path
from typing import IO

from operations.errors import StartError


class Claim:
    """A folder that one process has to itself, until it releases it or dies in whatever way."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises StartError, which names the process, when another has it."""
        file = (self._folder / "running.pid").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            pid = file.read().strip()
            file.close()
            raise StartError(
                f"The platform is running from {self._folder} already, in process {pid}. Stop it first: kill {pid}"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let another have it; does nothing when it was not taken."""
        if self._file is not None:
            self._file.close()
            self._file = None
