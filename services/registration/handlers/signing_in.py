"""Staff accounts, and signing in without a password: a link by mail, ten minutes, once."""

from frist_contracts import NATIONAL, StaffSessionsEnded, StaffSignInRequested
from messaging.identifiers import new_id
from messaging.refusals import Refusal
from services.registration.storage.staff import StaffMember
from services.registration.storage.unit_of_work import RegistrationUnitOfWork
from web.staff_session import end_sessions


class StaffRefused(Refusal):
    """A staff account that does not hold together."""

    slug = "staff_refused"
    status = 422


class SignInLinkSpent(Refusal):
    """The sign-in link was used, is older than ten minutes, or was never made."""

    slug = "sign_in_link_spent"
    status = 410


def put_staff(member: StaffMember, uow: RegistrationUnitOfWork) -> None:
    """Keep a new or changed account; leads and coaches belong to a municipality.

    Who is signed in by an account whose rights change no longer is.
    """
    if member.role != "operator" and not member.municipality:
        raise StaffRefused("A lead or coach belongs to a municipality; say which.", field="municipality")
    if member.municipality and member.municipality not in uow.places.of(member.municipality[:2]).names:
        raise StaffRefused("There is no such municipality; write it as dk-0101.", field="municipality")
    if member.role == "coach" and not member.coach_id:
        raise StaffRefused("Say which coach this is: coach_id, as scheduling knows it.", field="coach_id")
    before = uow.staff.find(member.staff_id, lock=True)
    uow.staff.put(member, uow.now)
    if before is not None and before.rights != member.rights:
        end_staff_sessions(member.staff_id, uow)


def end_staff_sessions(staff_id: str, uow: RegistrationUnitOfWork) -> None:
    """Sign the person out of every browser and every service."""
    version = end_sessions(staff_id, uow.connection)
    uow.outbox.add(StaffSessionsEnded(municipality=NATIONAL, staff_id=staff_id, sequence=version))


def request_sign_in(email: str, language: str, uow: RegistrationUnitOfWork) -> None:
    """Send a link if the address is somebody's; whoever asks is told the same in every case."""
    member = uow.staff.by_email(email)
    if member is None or not uow.staff.may_ask(member.staff_id):
        return
    request_id = _new_request(member, uow)
    uow.outbox.add(
        StaffSignInRequested(municipality=NATIONAL, request_id=request_id, email=member.email, language=language)
    )


def make_sign_in_link(staff_id: str, uow: RegistrationUnitOfWork) -> str:
    """The address of a link, for who set the platform up and has no mail yet."""
    member = uow.staff.get(staff_id)
    if not member.active:
        raise StaffRefused("This account is closed; open it again first.", field="active")
    token = uow.links.token("sign-in", _new_request(member, uow))
    return uow.links.url(f"/registration/sign-in/{token}")


def spend_sign_in(token: str, uow: RegistrationUnitOfWork) -> StaffMember:
    """Use the link up and say who it signs in; raises `SignInLinkSpent`."""
    member = uow.staff.spend(uow.links.hash(token))
    if member is None:
        raise SignInLinkSpent("This link has been used or is older than ten minutes. Ask for a new one.")
    return member


def _new_request(member: StaffMember, uow: RegistrationUnitOfWork) -> str:
    request_id = new_id()
    uow.staff.add_request(request_id, member.staff_id, uow.links.hash(uow.links.token("sign-in", request_id)))
    return request_id
