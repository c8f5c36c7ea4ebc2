"""`frist up` and `frist rehearse`: the platform on this machine."""

import os
import sys
import threading
from contextlib import suppress

from operations import settings
from operations.command.output import console
from operations.local.undisturbed import end_as_by_ctrl_c


def up() -> None:
    """Run the platform on this machine until Ctrl-C: databases, broker, services, and a catcher for mail and SMS.

    Ctrl-C, SIGTERM and closing the terminal end all of it, with exit code 0; 130 while it is not ready yet. What is kept in
    the folder is there again the next time.
    """
    from operations.local.configuration import Wishes  # noqa: PLC0415  (what images do not carry)
    from operations.local.stack import Stack  # noqa: PLC0415

    end_as_by_ctrl_c()
    with Stack(settings.folder(), Wishes(port=settings.port()), say=_say) as stack:
        _say(f"Mail and SMS are caught: {stack.catcher_page}")
        _say("Next: frist programme apply programmes/dk-digital-post-2013.yaml        Ctrl-C ends this.")
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


def rehearse() -> None:
    """Replay a programme on the real services: ORGANISATIONS, PROGRAMME and STAY say how (see `make demo`)."""
    # In our place, not as a child: so Ctrl-C reaches it alone, and it stops the platform in its own time.
    os.execv(sys.executable, [sys.executable, "-m", "operations.rehearsal"])  # noqa: S606


def _say(line: str) -> None:
    console.print(line, highlight=False)
