"""Staff accounts and their sign-in requests. Times here are machine time: the database's own."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, insert, select, text, tuple_, update
from sqlalchemy.exc import IntegrityError

from messaging.refusals import Refusal
from services.registration.storage.tables import sign_in_requests, staff
from web.paging import PageArgs

LINK_LASTS = text("interval '10 minutes'")
_MOST_REQUESTS = 5
_IN = text("interval '15 minutes'")


class StaffUnknown(Refusal):
    """There is no such member of staff."""

    slug = "staff_unknown"
    status = 404


class EmailTaken(Refusal):
    """Another member of staff has this e-mail address."""

    slug = "email_taken"


@dataclass(frozen=True)
class StaffMember:
    """Somebody who may sign in; `municipality` None is the whole country."""

    staff_id: str
    name: str
    email: str
    role: str
    municipality: str | None
    coach_id: str | None
    language: str
    active: bool

    @property
    def rights(self) -> tuple[str | bool | None, ...]:
        """How they get in and what they may do: when it changes, whoever is signed in must sign in anew."""
        return self.email, self.role, self.municipality, self.coach_id, self.active


class StaffRepository:
    """Reads and writes staff and sign-in requests."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, member: StaffMember, now: datetime) -> None:
        """Keep a new or changed account; raises `EmailTaken`."""
        known = update(staff).where(staff.c.staff_id == member.staff_id).values(vars(member))
        try:
            with self._connection.begin_nested():
                if self._connection.execute(known).rowcount == 0:
                    self._connection.execute(insert(staff).values(**vars(member), created_at=now))
        except IntegrityError:
            raise EmailTaken("Another member of staff has this e-mail address.", field="email") from None

    def get(self, staff_id: str) -> StaffMember:
        """The account; raises `StaffUnknown`."""
        found = self.find(staff_id)
        if found is None:
            raise StaffUnknown("There is no such member of staff; see the list of staff.")
        return found

    def find(self, staff_id: str, *, lock: bool = False) -> StaffMember | None:
        """The account or None; with `lock` nobody changes it or signs in by it meanwhile."""
        return self._one(staff.c.staff_id == staff_id, lock=lock)

    def by_email(self, email: str) -> StaffMember | None:
        """The active account with the address, whatever its capitals, or None."""
        return self._one((func.lower(staff.c.email) == email.strip().lower()) & staff.c.active)

    def page(self, args: PageArgs) -> list[StaffMember]:
        """A page of accounts by name; a cursor of another list means the start."""
        query = select(*_COLUMNS).order_by(staff.c.name, staff.c.staff_id).limit(args.rows)
        if after := _name_and_id(args):
            query = query.where(tuple_(staff.c.name, staff.c.staff_id) > after)
        return [StaffMember(**row._asdict()) for row in self._connection.execute(query)]

    def may_ask(self, staff_id: str) -> bool:
        """Whether another link may be asked for: at most five in a quarter of an hour."""
        recent = sign_in_requests.c.requested_at > func.clock_timestamp() - _IN
        count = select(func.count()).where(sign_in_requests.c.staff_id == staff_id, recent)
        return int(self._connection.execute(count).scalar_one()) < _MOST_REQUESTS

    def add_request(self, request_id: str, staff_id: str, token_hash: bytes) -> None:
        """Keep that a link was asked for; its ten minutes start now."""
        row = {"request_id": request_id, "staff_id": staff_id, "token_hash": token_hash}
        self._connection.execute(insert(sign_in_requests).values(row))

    def who_may_spend(self, token_hash: bytes) -> StaffMember | None:
        """Whose live link this is, without spending it, or None."""
        columns = select(*_COLUMNS).join(sign_in_requests, sign_in_requests.c.staff_id == staff.c.staff_id)
        row = self._connection.execute(columns.where(_live(token_hash), staff.c.active)).one_or_none()
        return StaffMember(**row._asdict()) if row else None

    def spend(self, token_hash: bytes) -> StaffMember | None:
        """Use the link up and say whose it was; None when it is spent, too old or unknown.

        The account does not change until the transaction ends: what is read of its sessions belongs to it.
        """
        spent = update(sign_in_requests).where(_live(token_hash)).values(spent_at=func.clock_timestamp())
        staff_id = self._connection.execute(spent.returning(sign_in_requests.c.staff_id)).scalar()
        return self._one((staff.c.staff_id == staff_id) & staff.c.active, lock=True) if staff_id else None

    def _one(self, condition: Any, *, lock: bool = False) -> StaffMember | None:
        query = select(*_COLUMNS).where(condition)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return StaffMember(**row._asdict()) if row else None


_COLUMNS = [staff.c[entry.name] for entry in fields(StaffMember)]


def _name_and_id(args: PageArgs) -> tuple[str, str] | None:
    """The account that the page before ended with."""
    try:
        name, staff_id = args.after
        return str(name), str(UUID(str(staff_id)))
    except ValueError:
        return None


def _live(token_hash: bytes) -> Any:
    fresh = sign_in_requests.c.requested_at > func.clock_timestamp() - LINK_LASTS
    return (sign_in_requests.c.token_hash == token_hash) & sign_in_requests.c.spent_at.is_(None) & fresh
