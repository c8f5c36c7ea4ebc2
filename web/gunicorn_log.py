"""Logs of the web process: gunicorn's own lines and the application's go one way, each as a line of JSON."""

import logging
from typing import Any

from gunicorn.glogging import Logger

from messaging.logs import configure_logs
from messaging.settings import log_level


class GunicornLog(Logger):  # type: ignore[misc]
    """For `gunicorn --logger-class web.gunicorn_log.GunicornLog`; made before the application is loaded."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn when it starts."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)
        configure_logs(None, "web", log_level())
