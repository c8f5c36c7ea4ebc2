"""What must agree between the parts of a programme: dates, prerequisites, topics, texts, shares."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from frist_contracts.texts import MESSAGE_PLACEHOLDERS, PLACEHOLDER, STEP_PLACEHOLDERS
from services.registration.domain.words import FINAL_STATES, LANGUAGES
from services.registration.programme_files.shape import TEN_YEARS
from services.registration.programme_files.yaml_lines import Path

Disagreement = tuple[Path, str]
Definition = dict[str, Any]


def disagreements(programme: Definition) -> Iterator[Disagreement]:
    """Every place where one part of the programme contradicts another, with the remedy."""
    for rule in _RULES:
        yield from rule(programme)


def _dates(programme: Definition) -> Iterator[Disagreement]:
    starts, ends, deadline = programme["starts_on"], programme["ends_on"], programme["deadline"]
    if ends <= starts:
        yield ("ends_on",), f"is not after starts_on ({starts}); choose a later date"
    if (ends - starts).days > TEN_YEARS:
        yield ("ends_on",), f"lies more than ten years after starts_on ({starts}); choose an earlier date"
    if deadline is not None and not starts <= deadline <= ends:
        yield ("deadline",), f"lies outside {starts} to {ends}; move it, or starts_on or ends_on"
    for index, duty in enumerate(programme["obligations"]):
        if not starts <= duty["binds_on"] <= ends:
            yield ("obligations", index, "binds_on"), f"lies outside {starts} to {ends}; choose a date within"


def _time_zone(programme: Definition) -> Iterator[Disagreement]:
    try:
        ZoneInfo(programme["time_zone"])
    except (KeyError, ValueError, OSError):
        yield ("time_zone",), "is no time zone; write one as Europe/Copenhagen"


def _topics(programme: Definition) -> Iterator[Disagreement]:
    known = [topic["topic"] for topic in programme["topics"]]
    yield from _twice(known, "topics", "topic")
    remedy = f"is not among topics; use one of: {', '.join(known)}"
    for index, duty in enumerate(programme["obligations"]):
        if duty["topic"] not in known:
            yield ("obligations", index, "topic"), remedy
    for index, topic in enumerate(programme["fulfilled_when"].get("topics", [])):
        if topic not in known:
            yield ("fulfilled_when", "topics", index), remedy


def _fulfilment(programme: Definition) -> Iterator[Disagreement]:
    rule = programme["fulfilled_when"]
    if bool(rule.get("topics")) == bool(rule.get("any_help")):
        yield ("fulfilled_when",), "say either topics: [...] or any_help: true, and not both"


def _prerequisites(programme: Definition) -> Iterator[Disagreement]:
    duties = programme["obligations"]
    requires = {duty["obligation_id"]: duty["requires"] for duty in duties}
    yield from _twice([duty["obligation_id"] for duty in duties], "obligations", "obligation_id")
    for index, duty in enumerate(duties):
        for place, needed in enumerate(duty["requires"]):
            if needed not in requires:
                known = ", ".join(requires)
                yield ("obligations", index, "requires", place), f"{needed} is no obligation_id; use one of: {known}"
        if _reaches_itself(duty["obligation_id"], requires):
            yield ("obligations", index, "requires"), "goes round in a circle back to itself; take one step out"


def _reaches_itself(start: str, requires: dict[str, list[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(requires[start])
    while ahead:
        step = ahead.pop()
        if step == start:
            return True
        if step not in seen:
            seen.add(step)
            ahead.extend(requires.get(step, []))
    return False


def _forms(programme: Definition) -> Iterator[Disagreement]:
    if not programme["help_forms"]:
        yield ("help_forms",), "offers no help; add desk, visit or course"
    course = programme["help_forms"].get("course")
    if course is not None and not course.get("levels"):
        yield ("help_forms", "course"), "has no levels; add levels: [beginner, intermediate, advanced]"
    for form in programme["money"]["subsidy_per_session"]:
        if form not in programme["help_forms"]:
            yield ("money", "subsidy_per_session", form), "is not among help_forms; remove it or offer the form"


def _ladder(programme: Definition) -> Iterator[Disagreement]:
    yield from _twice([step["step"] for step in programme["ladder"]], "ladder", "step")
    for index, step in enumerate(programme["ladder"]):
        for place, state in enumerate(step["states"]):
            if state in FINAL_STATES:
                yield ("ladder", index, "states", place), f"nobody {state} is reminded any more; remove it"
        if step["text"] in MESSAGE_PLACEHOLDERS:
            yield ("ladder", index, "text"), "is the text of another message; give the step a text of its own"
        elif step["text"] not in programme["texts"]:
            yield ("ladder", index, "text"), f"there is no texts.{step['text']}; write it, in da, sv and en"


def _texts(programme: Definition) -> Iterator[Disagreement]:
    steps = {step["text"] for step in programme["ladder"]}
    for key, by_language in programme["texts"].items():
        allowed = MESSAGE_PLACEHOLDERS.get(key, STEP_PLACEHOLDERS)
        if key not in steps and key not in MESSAGE_PLACEHOLDERS:
            others = ", ".join(MESSAGE_PLACEHOLDERS)
            yield ("texts", key), f"is the text of no step of the ladder; name it there, or replace one of: {others}"
        for language in LANGUAGES:
            if language not in by_language:
                yield ("texts", key), f"{language} is missing; add subject and body"
        for language, text in by_language.items():
            for part, words in text.items():
                for message in _placeholder_faults(words, allowed):
                    yield ("texts", key, language, part), message


def _placeholder_faults(text: str, allowed: frozenset[str]) -> Iterator[str]:
    if {"{", "}"} & set(PLACEHOLDER.sub("", text)):
        yield "has a brace that belongs to no placeholder; write placeholders as {link}, and no other braces"
    for name in PLACEHOLDER.findall(text):
        if name not in allowed:
            yield f"{{{name}}} is no placeholder of this text; use one of: {', '.join(sorted(allowed))}"


def _shares(programme: Definition) -> Iterator[Disagreement]:
    total = sum(funder["share"] for funder in programme["money"]["funders"])
    if total != 100:
        yield ("money", "funders"), f"the shares sum to {total}; make them sum to 100"


def _twice(values: list[str], block: str, key: str) -> Iterator[Disagreement]:
    counts = Counter(values)
    for index, value in enumerate(values):
        if counts[value] > 1 and value in values[:index]:
            yield (block, index, key), f"{value} is taken already; choose another"


_RULES: tuple[Callable[[Definition], Iterator[Disagreement]], ...] = (
    _dates,
    _time_zone,
    _topics,
    _fulfilment,
    _prerequisites,
    _forms,
    _ladder,
    _texts,
    _shares,
)
