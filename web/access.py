"""Who may use a view. Every view carries `@allow(...)`; a service with one that does not refuses to start.

    @allow(anyone)
    @allow(by_link)                                   # the view looks the token's hash up itself
    @allow(by_signature)                              # the view checks the body's signature itself
    @allow(staff(Role.OPERATOR), key("programmes:write"))
    @allow(staff(Role.OPERATOR, Role.LEAD), key("cases:read", fenced=True))   # the view keeps to the key's municipality

A key confined to one municipality is let in by `fenced=True` only: what does not say so is for the whole country.
The rule is checked before the body is read, whatever the order of the view's decorators.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask

from web.actor import (
    ORGANISATION,
    Actor,
    Forbidden,
    Role,
    SignInNeeded,
    abort_unless_municipality,
    act_as_organisation,
    current_actor,
)

__all__ = [
    "Actor",
    "Forbidden",
    "Role",
    "SignInNeeded",
    "abort_unless_municipality",
    "act_as_organisation",
    "allow",
    "anyone",
    "by_link",
    "by_signature",
    "current_actor",
    "key",
    "staff",
]

_MARK = "__frist_access__"
_View = TypeVar("_View", bound=Callable[..., Any])


class AccessUndeclaredError(Exception):
    """A view does not say who may use it."""


@dataclass(frozen=True)
class Allowance:
    """One way to be let in: openly, by the organisation's own link, by a signature, by a role or by a key's scope."""

    open_to_all: bool = False
    by_link: bool = False
    by_signature: bool = False
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[str] = frozenset()
    fenced: bool = False

    def admits(self, actor: Actor) -> bool:
        """Whether this lets the actor in."""
        if self.open_to_all or self.by_link or self.by_signature:
            return True
        return (actor.is_staff and actor.role in self.roles) or (self.knows(actor) and self._reaches(actor))

    def knows(self, actor: Actor) -> bool:
        """Whether the actor is a key with one of the scopes, wherever it is for."""
        return any(actor.has_scope(scope) for scope in self.scopes)

    def _reaches(self, actor: Actor) -> bool:
        return self.fenced or actor.municipality is None


anyone = Allowance(open_to_all=True)
by_link = Allowance(by_link=True)
by_signature = Allowance(by_signature=True)


def staff(*roles: Role) -> Allowance:
    """Signed-in people with one of the roles; with none named, all staff."""
    return Allowance(roles=frozenset(roles or Role))


def key(*scopes: str, fenced: bool = False) -> Allowance:
    """API keys with one of the scopes, as `programmes:write`.

    `fenced`: also those for one municipality only, as the view shows and changes nothing of another's.
    """
    return Allowance(scopes=frozenset(scopes), fenced=fenced)


def allow(*allowances: Allowance) -> Callable[[_View], _View]:
    """Say who may use the view: whoever one of the allowances admits."""

    def mark(view: _View) -> _View:
        setattr(view, _MARK, allowances)
        return view

    return mark


Rules = dict[tuple[str, str], tuple[Allowance, ...]]
"""What lets callers in, by endpoint and HTTP method."""


def collect_rules(app: Flask) -> Rules:
    """Every view's allowances; raises `AccessUndeclaredError` naming the views that have none."""
    rules: Rules = {}
    undeclared: set[str] = set()
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            declared = _declared(app, rule.endpoint, method)
            if declared:
                rules[rule.endpoint, method] = declared
            else:
                undeclared.add(f"{method} {rule.rule} ({rule.endpoint})")
    if undeclared:
        raise AccessUndeclaredError("these views need @allow(...): " + ", ".join(sorted(undeclared)))
    return rules


def admit(actor: Actor, allowances: Iterable[Allowance]) -> Actor:
    """The actor as who they are let in; raises `SignInNeeded` or `Forbidden`."""
    allowances = tuple(allowances)
    for allowance in allowances:
        if allowance.admits(actor):
            return ORGANISATION if allowance.by_link and actor.kind == "anyone" else actor
    if actor.kind == "anyone":
        raise SignInNeeded("Sign in, or send an API key as 'Authorization: Bearer frist_...'.")
    if any(allowance.knows(actor) for allowance in allowances):
        raise Forbidden("Your key is for one municipality, and this is the whole country's; ask a national operator.")
    raise Forbidden("You are signed in, but your role or key does not allow this; ask a national operator.")


def _declared(app: Flask, endpoint: str, method: str) -> tuple[Allowance, ...]:
    if endpoint == "static" or endpoint.endswith(".static") or endpoint.startswith("api-docs."):
        return (anyone,)
    view: Any = app.view_functions[endpoint]
    view_class = getattr(view, "view_class", None)
    declared = getattr(view, _MARK, ())
    if view_class is not None:
        method_view = getattr(view_class, method.lower(), None)
        declared = getattr(method_view, _MARK, ()) or getattr(view_class, _MARK, ()) or declared
    return tuple(declared)
