"""Finds the platform that the `frist` command speaks to: by the environment, else the local stack beside us."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from operations import settings
from operations.errors import OperationsError
from operations.services import SERVICES


class NotFoundError(OperationsError):
    """No platform is known here."""


@dataclass(frozen=True)
class Platform:
    """A running platform and what is known of it; `told` holds `FRIST_…` settings."""

    told: Mapping[str, str]

    @classmethod
    def find(cls) -> "Platform":
        """The platform of the environment's `FRIST_…`, filled up from the local stack's own."""
        kept = settings.folder() / "stack.json"
        told = json.loads(kept.read_text()) if kept.exists() else {}
        return cls(told | settings.told())

    @property
    def folder(self) -> Path:
        """Where the local stack keeps what is its own."""
        return settings.folder()

    @property
    def public_url(self) -> str:
        """The address of the platform's pages and HTTP interfaces."""
        return self.needed("FRIST_PUBLIC_URL", "the address people type, as http://localhost:8000").rstrip("/")

    @property
    def operator_key(self) -> str:
        """The API key that requests are made with."""
        return self.needed("FRIST_OPERATOR_KEY", "an API key from `frist keys create`")

    @property
    def database_urls(self) -> dict[str, str]:
        """Each service's own database."""
        return {service: self.database_url(service) for service in SERVICES}

    def database_url(self, service: str) -> str:
        """One service's own database."""
        return self.needed(f"FRIST_{service.upper()}_DATABASE_URL", "as postgresql://user:password@host/database")

    def needed(self, name: str, meaning: str) -> str:
        """A setting; raises NotFoundError with what to do when there is none."""
        value = self.told.get(name)
        if not value:
            raise NotFoundError(f"No platform found: start one with `make up`, or set {name} ({meaning}).")
        return value
