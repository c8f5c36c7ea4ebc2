"""Every word that people read is said in Danish and Swedish too."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

from operations.services import SERVICES

ROOT = Path(__file__).parents[2]
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2)}


def words_of(package: str) -> set[str]:
    found = extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def catalogue(package: str, language: str) -> Catalog:
    files = (ROOT / package).rglob(f"translations/{language}/LC_MESSAGES/messages.po")
    merged = Catalog(locale=language)
    for file in files:
        for message in read_po(BytesIO(file.read_bytes()), locale=language):
            if message.id:
                merged.add(message.id, message.string, flags=message.flags)
    return merged


@pytest.mark.parametrize("language", ["da", "sv"])
@pytest.mark.parametrize("package", ["web", *(f"services/{service}" for service in SERVICES)])
def test_every_word_has_its_translation(package: str, language: str) -> None:
    known = catalogue("web", language)
    own = catalogue(package, language)

    missing = {word for word in words_of(package) if not (word in own and own[word].string) and word not in known}

    assert missing == set()


@pytest.mark.parametrize("language", ["da", "sv"])
def test_translations_keep_their_placeholders(language: str) -> None:
    known = [message for package in ("web", "services") for message in catalogue(package, language)]

    faults = [f"{message.id}: {fault}" for message in known for fault in message.check()]

    assert len(known) > 50

    assert faults == []


@pytest.mark.parametrize("language", ["da", "sv"])
def test_the_frame_of_a_page_says_the_same_in_each_service(language: str) -> None:
    found = extract_from_dir(ROOT / "web", METHODS, keywords=KEYWORDS)
    frame = {message for file, _, message, *_ in found if file in {"navigation.py", "templates/layout.html"}}
    said = catalogue("web", language)

    for service in ("registration", "scheduling", "notifications", "reporting"):
        own = catalogue(f"services/{service}", language)
        assert {word: own[word].string for word in frame if word in own and own[word].string != said[word].string} == {}
