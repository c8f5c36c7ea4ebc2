"""How an organisation can be reached: at least one address must be able to work, and fit the channel."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from messaging.refusals import Refusal

CONTACT_FACTS = ("contact_name", "address", "postcode", "city", "email", "phone", "language", "channel")
"""What is given of a contact beside the organisation's name, as forms and requests name it."""

_PHONE = re.compile(r"\+[1-9]\d{7,14}")
"""As ITU-T E.164 writes a number, which gateways for text messages ask for."""
_NATIONAL = {"dk": (re.compile(r"([2-9]\d{7})"), "+45"), "se": (re.compile(r"0([1-9]\d{6,9})"), "+46")}
"""What a number looks like at home, and what stands before it elsewhere: eight digits in Denmark, a leading 0 in Sweden."""
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")


class ContactRefused(Refusal):
    """Contact data that nobody could be reached by."""

    slug = "contact_refused"
    status = 422


@dataclass(frozen=True, kw_only=True)
class Contact:
    """All of it, as the organisation last gave it; the postal address may come from the register."""

    organisation_name: str
    contact_name: str | None = None
    address: str | None = None
    postcode: str | None = None
    city: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "da"
    channel: str = "letter"

    def check(self) -> None:
        """Raises the first of `refusals`."""
        for refusal in self.refusals():
            raise refusal

    def refusals(self) -> Iterator[ContactRefused]:
        """What is wrong, field by field: an address is misspelled, or the chosen channel has none."""
        if not self.organisation_name:
            yield ContactRefused("Write the name of the organisation.", field="name")
        if self.email and not _EMAIL.fullmatch(self.email):
            yield ContactRefused("Write the e-mail address as name@example.org.", field="email")
        if self.phone and not _PHONE.fullmatch(self.phone):
            yield ContactRefused(
                "Write the phone number in digits; one from abroad with + and its country code first.", field="phone"
            )
        if self.channel == "email" and not self.email:
            yield ContactRefused("Write an e-mail address, or choose another way to hear from us.", field="email")
        if self.channel == "sms" and not self.phone:
            yield ContactRefused("Write a mobile number, or choose another way to hear from us.", field="phone")
        if self.channel == "letter" and not (self.address and self.postcode):
            yield ContactRefused("Write the postal address, or choose another way to hear from us.", field="address")


def whole_phone(phone: str | None, country: str) -> str | None:
    """The number as it is called from anywhere, `+4520304050`; None when there is none.

    People write spaces, hyphens and brackets, 00 for +, and no country code at home; what is no number stays as it is.
    """
    bare = re.sub(r"[\s().-]", "", re.sub(r"^\s*(\+|00)([^(]*)\(0\)", r"+\2", phone or ""))  # +46 (0)70 is +4670
    if bare.startswith("00"):
        return f"+{bare[2:]}"
    at_home, code = _NATIONAL[country]
    if found := at_home.fullmatch(bare):
        return f"{code}{found[1]}"
    return bare or None
