"""The texts of messages: the programme's own first, else those that come with the platform."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from services.notifications.domain.programme import Programme

LANGUAGES = ("da", "sv", "en")

_FALLBACK = ("en", "da", "sv")
_ANY_STEP = "ladder"


@cache
def own_texts(key: str) -> dict[str, dict[str, str]]:
    """The platform's text of a key by language; empty when there is none."""
    place = files("services.notifications") / "texts" / f"{key}.yaml"
    return yaml.safe_load(place.read_text(encoding="utf-8")) if place.is_file() else {}


def own_keys() -> list[str]:
    """The keys of all texts that come with the platform."""
    folder = files("services.notifications") / "texts"
    names = [place.name.removesuffix(".yaml") for place in folder.iterdir() if place.name.endswith(".yaml")]
    return sorted(name for name in names if name != "words")


def text_of(key: str, language: str, programme: Programme | None) -> dict[str, str]:
    """Subject, body and perhaps `sms` of a text in a language, or in the next best one."""
    own = own_texts(key)
    given = programme.texts.get(key, {}) if programme else {}
    for choice in (language, *_FALLBACK):
        if choice in given:
            return {**_short_form(own, choice, given[choice]), **given[choice]}
        if choice in own:
            return own[choice]
    return text_of(_ANY_STEP, language, programme)


@cache
def words_of(language: str) -> dict[str, Any]:
    """The words that messages share."""
    words: dict[str, Any] = own_texts("words")
    found: dict[str, Any] = words.get(language) or words[_FALLBACK[0]]
    return found


def _short_form(own: dict[str, dict[str, str]], language: str, given: dict[str, str]) -> dict[str, str]:
    """A programme's text may leave the short form to the platform, when the platform has one."""
    return {} if "sms" in given or "sms" not in own.get(language, {}) else {"sms": own[language]["sms"]}
