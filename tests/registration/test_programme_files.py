"""A programme file is refused with the line, the place and the remedy of every fault."""

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from services.registration.programme_files import Fault, ProgrammeRefused, check_programme
from tests.registration.builders import AS_OPERATOR, DANISH

PROGRAMMES = Path(__file__).parents[2] / "programmes"
DANISH_FILE = (PROGRAMMES / f"{DANISH}.yaml").read_text()


def line_of(needle: str, text: str = DANISH_FILE) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if needle in line)


def faults_of(text: str) -> list[Fault]:
    with pytest.raises(ProgrammeRefused) as refused:
        check_programme(text)
    return refused.value.faults


@pytest.mark.parametrize("file", sorted(PROGRAMMES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_programme_of_the_repository_is_sound(file: Path) -> None:
    definition = check_programme(file.read_text())

    assert definition["programme_id"] == file.stem


@pytest.mark.parametrize(
    ("sound", "broken", "path", "remedy"),
    [
        ("suppress_below: 5", "supress_below: 5", "supress_below", "known here"),
        ("deadline: 2013-11-01", "deadline: 2015-11-01", "deadline", "move it"),
        ("deadline: 2013-11-01", "deadline: soon", "deadline", "2013-11-01"),
        ("requires: [digital_signature]", "requires: [digital_stamp]", "obligations[1].requires[0]", "use one of"),
        ("requires: []", "requires: [digital_mailbox]", "obligations[0].requires", "circle"),
        (
            "step: letter-2, days_before: 24, states: [obliged]",
            "step: letter-2, days_before: 24, states: [obligde]",
            "ladder[2].states[0]",
            "use one of",
        ),
        (
            "step: letter-2, days_before: 24, states: [obliged]",
            "step: letter-2, days_before: 24, states: [exempt]",
            "ladder[2].states[0]",
            "remove it",
        ),
        ("share: 60", "share: 50", "money.funders", "sum to 100"),
        ("time_zone: Europe/Copenhagen", "time_zone: Europe/Kopenhagen", "time_zone", "Europe/Copenhagen"),
        ('quiet_hours: {from: "20:00"', "quiet_hours: {from: 20:00", "quiet_hours.from", "quotes"),
        ('quiet_hours: {from: "20:00"', r'quiet_hours: {from: "\0"', "quiet_hours.from", "invisible"),
        ("  da: Digital Post til virksomheder", r'  "\ud800": x', "names", "invisible"),
        ("  da: Digital Post til virksomheder", "  # da: Digital Post til virksomheder", "names.da", "add it"),
        (
            "subject: Fristen er i morgen",
            "subject: Fristen er {imorgen}",
            "texts.ladder_tomorrow.da.subject",
            "use one of",
        ),
        (
            "subject: Fristen er i morgen",
            "subject: Fristen er {when}",
            "texts.ladder_tomorrow.da.subject",
            "use one of",
        ),
        (
            "subject: Fristen er i morgen",
            'subject: "Fristen er {{deadline}}"',
            "texts.ladder_tomorrow.da.subject",
            "no other braces",
        ),
        (
            "useless_after_days: 1, text: ladder_tomorrow",
            "useless_after_days: 1, text: waiting",
            "ladder[5].text",
            "own",
        ),
        ("  ladder_tomorrow:", "  ladder_tomorow:", "texts.ladder_tomorow", "replace one of: registration_receipt"),
        (
            "fulfilled_when: {topics: [digital_signature,",
            "fulfilled_when: {topics: [digital_stamp,",
            "fulfilled_when.topics[0]",
            "use one of",
        ),
        ("cap: {messages: 3, days: 7}", "cap: {messages: 3, days: 999999999999}", "cap.days", "from 1 to 366"),
        ("horizon_days: 28", "horizon_days: 28000000", "allocation.horizon_days", "from 1 to 366"),
        ("ends_on: 2014-04-01", "ends_on: 9999-12-31", "ends_on", "to 2199"),
        ("ends_on: 2014-04-01", "ends_on: 2114-04-01", "ends_on", "an earlier date"),
        (
            "who: {kinds: [company, sole_proprietor, association]}",
            "who: {kinds: []}",
            "obligations[0].who.kinds",
            "at least one of: company",
        ),
        ("name: Kulturstyrelsen", 'name: "  "', "money.funders[1].name", "write a text"),
        ("name: Kulturstyrelsen", f"name: {'x' * 301}", "money.funders[1].name", "at most 300"),
        ("programme_id: dk-digital-post-2013", 'programme_id: "dk\\n"', "programme_id", "small letters"),
    ],
)
def test_a_fault_names_its_line_its_place_and_the_remedy(sound: str, broken: str, path: str, remedy: str) -> None:
    text = DANISH_FILE.replace(sound, broken, 1)

    fault = next(fault for fault in faults_of(text) if fault.path == path)

    assert abs(fault.line - line_of(broken if broken in text else sound, text)) <= 1
    assert remedy in fault.message


def test_a_key_that_stands_twice_is_refused(client: FlaskClient) -> None:
    faults = faults_of(DANISH_FILE + "\nsuppress_below: 3\n")

    assert [fault.path for fault in faults] == ["suppress_below"]


def test_a_programme_may_replace_a_message_with_what_that_message_can_tell() -> None:
    text = {"subject": "{when_short}", "body": "{where} {coach} {link}", "sms": "{venue} {link}"}
    own = "".join(f"    {language}: {json.dumps(text)}\n" for language in ("da", "sv", "en"))

    definition = check_programme(DANISH_FILE.replace("texts:\n", "texts:\n  booking_moved:\n" + own, 1))

    assert definition["texts"]["booking_moved"]["sv"] == text


def test_a_language_missing_from_a_text_is_named() -> None:
    text = DANISH_FILE.replace("  ladder_tomorrow:\n    da:", "  ladder_tomorrow:\n    de:", 1)

    assert "texts.ladder_tomorrow.de" in [fault.path for fault in faults_of(text)]


@pytest.mark.parametrize("text", ["", "a: [", "- one\n- two", "\tx: y"])
def test_what_is_no_programme_at_all_is_refused_on_its_line(text: str) -> None:
    assert faults_of(text)[0].line >= 1


def test_applying_again_without_a_change_keeps_the_version(client: FlaskClient) -> None:
    url = f"/registration/api/programmes/{DANISH}"

    same = client.put(url, data=DANISH_FILE, headers=AS_OPERATOR)
    changed = client.put(url, data=DANISH_FILE.replace("suppress_below: 5", "suppress_below: 6"), headers=AS_OPERATOR)

    assert (same.json["version"], changed.json["version"]) == (1, 2)


def test_a_faulty_file_changes_nothing(client: FlaskClient) -> None:
    url = f"/registration/api/programmes/{DANISH}"

    refused = client.put(url, data=DANISH_FILE.replace("share: 60", "share: 50"), headers=AS_OPERATOR)

    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "money.funders"
    assert refused.json["lines"] == [line_of("funders:")]
    assert client.get(url).json["version"] == 1


def test_a_file_that_is_not_utf8_is_refused_with_the_line_and_what_to_do(client: FlaskClient) -> None:
    content = DANISH_FILE.encode().replace(b"country: dk", b"country: dk  # \xd8er")

    refused = client.put(f"/registration/api/programmes/{DANISH}", data=content, headers=AS_OPERATOR)

    assert refused.status_code == 422
    assert refused.json["lines"] == [line_of("country: dk")]
    assert "save the file as UTF-8" in refused.json["errors"][0]["message"]


def test_the_mark_that_some_editors_put_first_is_no_fault() -> None:
    assert check_programme(b"\xef\xbb\xbf" + DANISH_FILE.encode()) == check_programme(DANISH_FILE)


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("a: &lol [lol]\nb: [*lol, *lol]\n", 2, "write the value out"),
        ("a: 1\nb: " + "[" * 100_000, 2, "too deep"),
        ("a: 1\nb: " + "{x: " * 40_000, 2, "too deep"),
        ("a: " + "9" * 5_000, 1, "cannot be read"),
        ("a: 2013-13-45", 1, "cannot be read"),
        ("a: !!timestamp soon", 1, "cannot be read"),
        ('a: 1\nb: "\\UFFFFFFFF"', 2, "no character"),
        ("a: " + "x" * 200_000, 1, "at most 200000"),
    ],
)
def test_a_file_that_would_break_its_reader_is_refused_with_the_line(text: str, line: int, remedy: str) -> None:
    (fault,) = faults_of(text)

    assert fault.line == line
    assert remedy in fault.message


def test_a_small_file_cannot_say_a_thing_a_billion_times() -> None:
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    (fault,) = faults_of("\n".join(["a0: &a0 [lol]", *levels]))

    assert fault.line == 2
