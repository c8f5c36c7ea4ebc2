"""Who a request comes from, and what they may see."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

from flask import g

from messaging.refusals import Refusal

ALL_SCOPES = "*"
"""The scope of a key that may do everything."""


class Role(StrEnum):
    """What a member of staff is: `OPERATOR` national, `LEAD` of one municipality, `COACH` with an own day."""

    OPERATOR = "operator"
    LEAD = "lead"
    COACH = "coach"


class SignInNeeded(Refusal):
    """Nobody is signed in, and the view is not open to all."""

    slug = "sign_in_needed"
    status = 401


class Forbidden(Refusal):
    """The caller is known and may not do this."""

    slug = "forbidden"
    status = 403


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts: `kind` is `anyone`, `organisation` (by its own link), `staff` or `key`.

    `municipality` None means the whole country for operators and keys.
    """

    kind: str
    actor_id: str | None = None
    role: Role | None = None
    municipality: str | None = None
    coach_id: str | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    name: str = ""

    @property
    def is_staff(self) -> bool:
        """Whether this is a signed-in person of the authority."""
        return self.kind == "staff"

    def has_scope(self, scope: str) -> bool:
        """Whether this is an API key with the scope."""
        return self.kind == "key" and (scope in self.scopes or ALL_SCOPES in self.scopes)

    def may_see_municipality(self, code: str) -> bool:
        """Whether the municipality is inside this actor's fence; `code` as `dk-0101`."""
        if self.role is Role.OPERATOR:
            return True
        if self.kind == "key" and self.municipality is None:
            return True
        return self.kind in {"staff", "key"} and self.municipality == code


ANYONE = Actor(kind="anyone")
ORGANISATION = Actor(kind="organisation")


def current_actor() -> Actor:
    """Who the running request comes from."""
    return cast("Actor", g.get("actor", ANYONE))


def act_as_organisation(case_id: str) -> None:
    """Say whose link was used, once the view has found its case: the access log names it.

    Staff and keys that follow a link stay themselves.
    """
    if current_actor().kind in {"anyone", "organisation"}:
        g.actor = Actor(kind="organisation", actor_id=case_id)


def abort_unless_municipality(code: str) -> None:
    """Raise `Forbidden` when the municipality is outside the caller's fence."""
    if not current_actor().may_see_municipality(code):
        raise Forbidden("This belongs to another municipality than yours; ask a national operator.", municipality=code)
