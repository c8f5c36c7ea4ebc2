"""What belongs to the whole worker process: its settings, its one database, and the watchdog over all it does.

Set once by the launcher before nameko builds the service; nameko makes its extensions itself, so they ask here.
"""

from typing import Any

from messaging.database import Database
from messaging.errors import MessagingError
from messaging.settings import MessagingSettings
from messaging.watchdog import Watchdog

_current: dict[str, Any] = {}


def configure_process(settings: MessagingSettings, database: Database[Any], watchdog: Watchdog) -> None:
    """Say what this process is; called by the launcher alone."""
    _current.update(settings=settings, database=database, watchdog=watchdog)


def process_settings() -> MessagingSettings:
    """The settings of this process."""
    return _get("settings")  # type: ignore[no-any-return]


def process_database() -> Database[Any]:
    """The database of this process."""
    return _get("database")  # type: ignore[no-any-return]


def process_watchdog() -> Watchdog:
    """The watchdog of this process; it begins to look when all of the service has started."""
    return _get("watchdog")  # type: ignore[no-any-return]


def _get(name: str) -> Any:
    if name not in _current:
        raise MessagingError("the worker was not started by messaging.launcher")
    return _current[name]
