"""A phone number as people write it becomes the one that a gateway for text messages calls."""

import pytest

from services.registration.domain.contact import Contact, whole_phone


@pytest.mark.parametrize(
    ("country", "written", "whole"),
    [
        ("dk", "20 30 40 50", "+4520304050"),
        ("dk", "+45 20 30 40 50", "+4520304050"),
        ("dk", "0045 20304050", "+4520304050"),
        ("dk", "+46 (0)70-123 45 67", "+46701234567"),
        ("se", "070-123 45 67", "+46701234567"),
        ("se", "+46 70 123 45 67", "+46701234567"),
        ("se", "08-12 34 56", "+468123456"),
        ("dk", " ", None),
        ("se", None, None),
    ],
)
def test_a_number_is_kept_as_it_is_called_from_anywhere(country: str, written: str | None, whole: str | None) -> None:
    assert whole_phone(written, country) == whole


@pytest.mark.parametrize("written", ["2030405", "070-123 45 67", "call me", "+45 2030", "+0045203040"])
def test_what_no_gateway_could_call_is_refused(written: str) -> None:
    contact = Contact(
        organisation_name="Bageriet", phone=whole_phone(written, "dk"), email="a@example.dk", channel="sms"
    )

    assert [refusal.field for refusal in contact.refusals()] == ["phone"]
