"""Secrets of a local stack: made once, kept in files that only their owner can read."""

import secrets
from pathlib import Path


def keep_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, from its first byte on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(text)


def secret_in(path: Path) -> str:
    """The secret kept in this file; the first time one is made."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        keep_private(path, secrets.token_urlsafe(24))
    return path.read_text().strip()
