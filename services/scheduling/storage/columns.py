"""What all of scheduling's tables share: one metadata, and the types of instants and lists of texts."""

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData()

Instant = DateTime(timezone=True)
"""UTC, always."""

Texts = ARRAY(Text)
"""A list of texts, searched with `@>` and `ANY`."""
