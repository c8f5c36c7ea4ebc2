"""Who sees small cells, and who sees whose money."""

from web.access import Role, abort_unless_municipality, current_actor

READ = "reports:read"
WRITE = "reports:write"


def sees_all() -> bool:
    """Whether the caller sees small numbers: signed-in staff, and the whole country's keys that may read reports."""
    actor = current_actor()
    return actor.is_staff or (actor.has_scope(READ) and actor.municipality is None)


def own_or(municipality: str | None) -> str | None:
    """The municipality asked for, or a lead's own; raises `Forbidden` outside of the caller's fence."""
    actor = current_actor()
    if municipality is None:
        return actor.municipality if actor.role is not Role.OPERATOR else None
    abort_unless_municipality(municipality)
    return municipality
