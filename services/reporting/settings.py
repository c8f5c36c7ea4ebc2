"""What reporting reads from the environment, beyond what the kernels read for themselves."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from messaging.errors import SettingMissingError
from web.links import Links


@dataclass(frozen=True)
class ReportingSettings:
    """`link_key` is what survey links are derived from; reporting keeps only their hashes."""

    link_key: str
    public_url: str = "http://localhost:8000"

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read `FRIST_*`; raises `SettingMissingError` naming what is missing."""
        env = os.environ if environ is None else environ
        link_key = env.get("FRIST_LINK_KEY", "")
        if not link_key:
            remedy = 'make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            raise SettingMissingError("FRIST_LINK_KEY", remedy)
        return cls(link_key=link_key, public_url=env.get("FRIST_PUBLIC_URL", cls.public_url))


@cache
def links() -> Links:
    """Derives the survey links."""
    settings = ReportingSettings.load()
    return Links(settings.link_key, settings.public_url)
