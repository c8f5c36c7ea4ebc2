"""API keys for programs: `frist_<prefix>_<secret>`, stored as a hash, known by their prefix."""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from messaging.database import Database
from messaging.refusals import Refusal
from web.actor import ALL_SCOPES, Actor
from web.tables import api_keys

LIVE_KEYS_PER_NAME = 2
"""One in use and its successor: enough to change a key without a pause."""

_REMEMBERED_SECONDS = 30.0
"""A revoked key stops working within this time, in every process."""


class KeyUnknown(Refusal):
    """The API key is not, or no longer, valid here."""

    slug = "key_unknown"
    status = 401


class KeysLimited(Refusal):
    """The name has two live keys already; revoke one first."""

    slug = "keys_limited"


def hash_key(key: str) -> bytes:
    """What is stored of a key. A key is 256 random bits, so a fast hash is safe."""
    return hashlib.sha256(key.encode()).digest()


def issue_key(connection: Connection, name: str, scopes: Iterable[str], municipality: str | None = None) -> str:
    """A new key, shown this once; raises `KeysLimited` when `name` has two live keys."""
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"api_keys:{name}"))))
    live = select(func.count()).where(api_keys.c.name == name, api_keys.c.revoked_at.is_(None))
    if connection.execute(live).scalar_one() >= LIVE_KEYS_PER_NAME:
        raise KeysLimited(f"{name!r} has two live keys already; revoke one first.", field="name")
    prefix = secrets.token_hex(4)
    key = f"frist_{prefix}_{secrets.token_urlsafe(32)}"
    row = {
        "prefix": prefix,
        "name": name,
        "key_hash": hash_key(key),
        "scopes": sorted(scopes),
        "municipality": municipality,
    }
    connection.execute(insert(api_keys).values(row))
    return key


def revoke_key(connection: Connection, prefix: str) -> bool:
    """End a key's life; false when there is no such live key."""
    ended = update(api_keys).where(api_keys.c.prefix == prefix, api_keys.c.revoked_at.is_(None))
    return connection.execute(ended.values(revoked_at=func.now())).rowcount == 1


def list_keys(connection: Connection) -> Sequence[Row[Any]]:
    """Every key without its hash, oldest first."""
    shown = (column for column in api_keys.c if column.name != "key_hash")
    return connection.execute(select(*shown).order_by(api_keys.c.created_at)).all()


class KeyRing:
    """Recognises keys; remembers for half a minute what the database said."""

    def __init__(self, database: "Database[Any] | None", operator_key_hash: str | None) -> None:
        self._database = database
        self._operator_key_hash = bytes.fromhex(operator_key_hash) if operator_key_hash else None
        self._remembered: dict[str, tuple[float, Row[Any]]] = {}

    def actor(self, authorization: str) -> Actor:
        """Whose key the header carries; raises `KeyUnknown`."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise KeyUnknown("Send the key as 'Authorization: Bearer frist_...'.")
        digest = hash_key(key.strip())
        if self._operator_key_hash and hmac.compare_digest(digest, self._operator_key_hash):
            return Actor(kind="key", actor_id="operator", scopes=frozenset({ALL_SCOPES}))
        row = self._row(key.strip())
        if row is None or not hmac.compare_digest(digest, row.key_hash):
            raise KeyUnknown("The API key is not valid here, or no longer; ask a national operator for one.")
        return Actor(kind="key", actor_id=row.prefix, scopes=frozenset(row.scopes), municipality=row.municipality)

    def _row(self, key: str) -> Row[Any] | None:
        name, _, rest = key.partition("_")
        prefix, _, secret = rest.partition("_")
        if name != "frist" or not secret or self._database is None:
            return None
        found_at, row = self._remembered.get(prefix, (0.0, None))
        if row is not None and time.monotonic() - found_at < _REMEMBERED_SECONDS:
            return row
        self._remembered.pop(prefix, None)
        with self._database.engine.connect() as connection:
            query = select(api_keys).where(api_keys.c.prefix == prefix, api_keys.c.revoked_at.is_(None))
            row = connection.execute(query).one_or_none()
        if row is not None:
            self._remembered[prefix] = (time.monotonic(), row)
        return row
