"""Links are derived, short, hard to guess, and known by their hash."""

import subprocess
import sys

from web.links import Links

LINKS = Links("k" * 40, "https://frist.example/")


def test_the_same_link_comes_out_for_the_same_case() -> None:
    assert LINKS.token("case", "c-1", 2) == Links("k" * 40, "http://elsewhere").token("case", "c-1", 2)


def test_another_purpose_subject_version_or_secret_gives_another_link() -> None:
    tokens = {
        LINKS.token("case", "c-1"),
        LINKS.token("case", "c-1", 2),
        LINKS.token("case", "c-2"),
        LINKS.token("survey", "c-1"),
        Links("o" * 40, "").token("case", "c-1"),
        LINKS.token("casec-", "1"),
    }

    assert len(tokens) == 6


def test_a_link_holds_128_bits_in_22_letters_that_fit_an_address() -> None:
    token = LINKS.token("case", "c-1")

    assert len(token) == 22
    assert token.replace("-", "").replace("_", "").isalnum()


def test_what_is_stored_is_not_the_link() -> None:
    token = LINKS.token("case", "c-1")

    assert LINKS.hash(token) == Links.hash(token)
    assert token.encode() not in LINKS.hash(token)


def test_a_path_becomes_an_address() -> None:
    assert LINKS.url("/registration/case/abc") == "https://frist.example/registration/case/abc"


def test_workers_make_links_without_loading_flask() -> None:
    program = "import sys, web.links; sys.exit('flask' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
