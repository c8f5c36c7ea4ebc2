"""Links that carry their own right: derived when needed, stored only as a hash. Free of Flask: workers use it too."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from typing import Self

from messaging.refusals import Refusal
from web.settings import LinkSettings

_TOKEN_BYTES = 16


class LinkUnknown(Refusal):
    """Your link was replaced by a newer one, or a part of it is missing. Take the one in our latest message, or have it sent again."""

    slug = "link_unknown"
    status = 404


class Links:
    """Makes the tokens of organisations' links, surveys and staff sign-in, and the addresses they stand in."""

    def __init__(self, secret: str, public_url: str) -> None:
        self._secret = secret.encode()
        self._public_url = public_url.rstrip("/")

    @classmethod
    def of(cls, settings: LinkSettings) -> Self:
        """The links of this platform."""
        return cls(settings.link_key, settings.public_url)

    def token(self, purpose: str, subject_id: str, version: int = 1) -> str:
        """22 characters holding a 128-bit HMAC: the same for the same purpose (`case`), subject and version."""
        message = "\0".join((purpose, subject_id, str(version))).encode()
        digest = hmac.digest(self._secret, message, "sha256")[:_TOKEN_BYTES]
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    @staticmethod
    def hash(token: str) -> bytes:
        """What may be stored and looked up in place of the token. Fast is fine: a token cannot be guessed."""
        return hashlib.sha256(token.encode()).digest()

    def url(self, path: str) -> str:
        """The path as an address that people can open from a mail or a letter."""
        return f"{self._public_url}/{path.lstrip('/')}"
