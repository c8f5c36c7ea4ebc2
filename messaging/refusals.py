"""Refusal: the domain understood and declined. Plain Python, so that a domain may import it."""

import re
from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A "no" with a stable slug, a sentence that says how to mend it, and the field it is about.

    A subclass is a new kind of no: `class SeatTaken(Refusal)` has the slug `seat_taken`.
    `status` is the HTTP status it is told with; `facts` go into the problem details.
    """

    slug: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init_subclass__(cls) -> None:
        if "slug" not in cls.__dict__:
            cls.slug = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str = "", *, field: str | None = None, **facts: Any) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())
        self.field = field
        self.facts = facts
