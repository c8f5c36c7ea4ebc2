"""What belongs to the whole worker process: its settings and its one database.

Set once by the launcher before nameko builds the service; nameko makes its extensions itself, so they ask here.
"""

from typing import Any

from messaging.database import Database
from messaging.errors import MessagingError
from messaging.settings import MessagingSettings

_current: dict[str, Any] = {}


def configure_process(settings: MessagingSettings, database: Database[Any]) -> None:
    """Say what this process is; called by the launcher alone."""
    _current.update(settings=settings, database=database)


def process_settings() -> MessagingSettings:
    """The settings of this process."""
    return _get("settings")  # type: ignore[no-any-return]


def process_database() -> Database[Any]:
    """The database of this process."""
    return _get("database")  # type: ignore[no-any-return]


def _get(name: str) -> Any:
    if name not in _current:
        raise MessagingError("the worker was not started by messaging.launcher")
    return _current[name]
