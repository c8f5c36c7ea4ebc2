"""Message ids that are the same however often, and in whatever order, the reason for a message is learnt."""

import hashlib
import uuid


def message_id_of(subject: str, purpose: str, occasion: str) -> str:
    """The id of the one message that `subject` gets for `purpose` on this `occasion`.

    PostgreSQL makes the same id with `md5(subject || '/' || purpose || '/' || occasion)::uuid`, so that steps
    for many cases are planned in one statement.
    """
    digest = hashlib.md5(f"{subject}/{purpose}/{occasion}".encode(), usedforsecurity=False)
    return str(uuid.UUID(bytes=digest.digest()))
