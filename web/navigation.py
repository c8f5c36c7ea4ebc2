"""The way around: what the header offers, by who looks. The same in all services, as they are one origin."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _

from web.actor import Actor, Role

_ALL_STAFF = frozenset(Role)


@dataclass(frozen=True)
class NavigationItem:
    """A place: `roles` empty means that it is for everybody who is not signed in.

    `part` stands in the path of each page of a place that every service has one of.
    """

    label: Any
    path: str
    roles: frozenset[Role] = frozenset()
    part: str = ""

    def is_at(self, path: str) -> bool:
        """Whether the page at this path belongs to the place."""
        return path.startswith(self.path) or bool(self.part and self.part in path)


ITEMS = (
    NavigationItem(_("Register"), "/registration/register"),
    NavigationItem(_("Your case"), "/registration/find-case"),
    NavigationItem(_("Cases"), "/registration/cases", frozenset({Role.OPERATOR, Role.LEAD})),
    NavigationItem(_("Programmes"), "/registration/programmes", frozenset({Role.OPERATOR, Role.LEAD})),
    NavigationItem(_("My day"), "/scheduling/day", frozenset({Role.COACH, Role.LEAD})),
    NavigationItem(_("Register"), "/registration/register", frozenset({Role.COACH})),
    NavigationItem(_("Capacity"), "/scheduling/capacity", frozenset({Role.OPERATOR, Role.LEAD})),
    NavigationItem(_("Messages"), "/notifications/messages", frozenset({Role.OPERATOR, Role.LEAD})),
    NavigationItem(_("Parked messages"), "/registration/staff/parked", frozenset({Role.OPERATOR}), "/staff/parked"),
    NavigationItem(_("Dashboard"), "/reporting/dashboard"),
    NavigationItem(_("Dashboard"), "/reporting/dashboard", _ALL_STAFF),
    NavigationItem(_("Reports"), "/reporting/reports", frozenset({Role.OPERATOR, Role.LEAD})),
    NavigationItem(_("Subsidies"), "/reporting/money", frozenset({Role.OPERATOR, Role.LEAD})),
)

SIGN_IN = "/registration/sign-in"
SIGN_OUT = "/registration/sign-out"


def local_path(wish: str | None, otherwise: str = "/") -> str:
    """Where to go after signing in: the `next` of the address, unless it leads to another site."""
    return wish if wish and _leads_here(wish) else otherwise


def _leads_here(wish: str) -> bool:
    """A path of this origin also as browsers read it: they drop control characters and take a backslash for a slash."""
    is_plain = wish.isprintable() and "\\" not in wish
    return is_plain and wish.startswith("/") and not wish.startswith("//")


def navigation_for(actor: Actor) -> list[NavigationItem]:
    """The items this actor is offered."""
    if actor.is_staff:
        return [item for item in ITEMS if actor.role in item.roles]
    return [item for item in ITEMS if not item.roles]
