"""National numbers are checked as their registers issue them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.numbers import NumberRefused, checked_number, organisation_id_of


@pytest.mark.parametrize(
    ("country", "written", "bare"),
    [
        ("dk", "99734299", "99734299"),
        ("dk", "DK 99 73 42 99", "99734299"),
        ("se", "556036-0793", "5560360793"),
        ("se", "165560360793", "5560360793"),
    ],
)
def test_a_number_is_read_as_people_write_it(country: str, written: str, bare: str) -> None:
    assert checked_number(country, written) == bare


@pytest.mark.parametrize(
    ("country", "number", "said"),
    [
        ("dk", "1234567", "8 digits"),
        ("dk", "12345678", "a digit is wrong"),
        ("dk", "00000000", "CVR"),
        ("dk", "ABCDEFGH", "nothing else"),
        ("se", "556036079", "10 digits"),
        ("se", "5560360794", "a digit is wrong"),
        ("dk", "", "8 digits"),
    ],
)
def test_a_number_that_nobody_has_is_refused_with_the_reason(country: str, number: str, said: str) -> None:
    with pytest.raises(NumberRefused) as refused:
        checked_number(country, number)

    assert said in str(refused.value)
    assert refused.value.field == "number"


@given(st.text(max_size=20))
def test_anything_at_all_is_either_a_number_or_refused(written: str) -> None:
    for country in ("dk", "se"):
        try:
            number = checked_number(country, written)
        except NumberRefused:
            continue
        assert organisation_id_of(country, number).endswith(number)


@given(st.sampled_from(["99734299", "99468785", "99301392"]), st.integers(0, 7), st.integers(1, 9))
def test_one_digit_wrong_is_always_noticed_in_denmark(number: str, at: int, by: int) -> None:
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]

    with pytest.raises(NumberRefused):
        checked_number("dk", wrong)
