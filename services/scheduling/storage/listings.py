"""What people look at."""

from sqlalchemy import Connection


class Listings:
    """Reads days, weeks and the line."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
