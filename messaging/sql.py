"""SQL in words, made into a statement once for each wording.

Making one reads the words for parameters and makes a key to find the compiled form by: half as much work as having a small
statement carried out.
"""

from datetime import timedelta
from functools import lru_cache

from sqlalchemy import TextClause
from sqlalchemy import text as made


@lru_cache(1_000)
def text(wording: str) -> TextClause:
    """The statement in these words; values are parameters (`:name`) and never part of the wording."""
    return made(wording)


def ago(span: timedelta) -> str:
    """SQL for the instant that lies so long before the business time `:now`."""
    return f"CAST(:now AS timestamptz) - interval '{span.total_seconds():.0f} seconds'"
