"""What has to hold whatever the bytes are: a safe event, or a sentence that a person understands."""

import json
import re
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from frist_contracts import ContractError, Envelope, decode, encode, with_position
from frist_contracts import envelope as reading
from frist_contracts.quick import Doubt
from tests.hostile.specimen import ACCEPTED, REFUSED, Specimen

LONGEST_REASON = 500
A_SENTENCE = re.compile(
    r"(body|a name in \S+|[\w.…\ufffd -]+) (is|holds|begins|has) .+|unknown event type '.*'|\w+\.\w+\.v\d+ is refused: data.+",
    re.DOTALL,
)
PYTHONESE = re.compile(
    r"Traceback|Error\b|Exception|<class|<\w+ object|object at 0x|NoneType|\bNone\b|\bTrue\b|\bFalse\b|\\x|\\u|"
    r"\{'|\['|\bdict\b|\bstr\b|\bint\b|isoformat|set_int_max|marshmallow|Not a valid|codec"
)
QUOTED = re.compile(r"(?<=^unknown event type )'.*'$|(?<=^source is )'.*'(?=, which may not publish )", re.DOTALL)
"""What a stranger wrote, which may look like anything."""
MARGIN = timedelta(hours=26)


def judge(specimen: Specimen) -> str:
    """Read it both ways; returns what became of it ("applied" or the reason). AssertionError says what does not hold."""
    outcome, slow = _outcome(specimen.body), _outcome_without_quick(specimen.body)
    assert outcome == slow, f"the quick way says {outcome!r}, the schema {slow!r}"
    if isinstance(outcome, str):
        assert specimen.expected != ACCEPTED, f"refused: {outcome}"
        assert_a_person_understands(outcome)
        return outcome
    assert specimen.expected != REFUSED, f"accepted: {outcome}"
    _assert_safe(outcome)
    return "applied"


def assert_a_person_understands(reason: str) -> None:
    """The reason names the place and what is wrong there, in words, in one short printable line."""
    assert A_SENTENCE.fullmatch(reason), f"no sentence: {reason!r}"
    assert not PYTHONESE.search(QUOTED.sub("'…'", reason)), f"Python speaks: {reason!r}"
    assert len(reason) <= LONGEST_REASON, f"{len(reason)} characters: {reason[:100]!r}"
    assert reason.isprintable(), f"not printable: {reason!r}"


def _outcome(body: bytes) -> Envelope | str:
    try:
        return decode(body)
    except ContractError as error:
        return str(error)


def _outcome_without_quick(body: bytes) -> Envelope | str:
    with patch.object(reading, "_quick", lambda _cls: (_doubts, None)):
        return _outcome(body)


def _doubts(_data: Any) -> Any:
    raise Doubt


def _assert_safe(envelope: Envelope) -> None:
    """It can be kept, shown in any time zone and said again, and comes out the same."""
    kept = json.dumps(asdict(envelope.event), default=str, ensure_ascii=False, allow_nan=False)
    kept.encode()
    assert "\\u0000" not in kept
    assert envelope.time - MARGIN < envelope.time + MARGIN
    again = encode(
        envelope.event,
        event_id=envelope.event_id,
        time=envelope.time,
        lane=envelope.lane,
        correlation_id=envelope.correlation_id,
        causation_id=envelope.causation_id,
        traceparent=envelope.traceparent,
    )
    assert decode(with_position(again, envelope.event.position)) == envelope
