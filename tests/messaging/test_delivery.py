"""From outbox to effect, through the real relay, broker and worker."""

import pytest

from frist_contracts import CaseClosed
from tests.messaging.conftest import Sample, an_answer, eventually


def test_an_event_reaches_its_subscriber_and_takes_effect_once(sample: Sample) -> None:
    sample.start("worker", "relay")

    sample.announce(*(an_answer() for _ in range(500)))

    eventually(lambda: sample.effects() == 500)
    eventually(lambda: sample.scalar("SELECT count(*) FROM inbox") == 1000)
    assert sample.scalar("SELECT count(DISTINCT survey_id) FROM effects") == 500
    assert sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0


def test_what_was_announced_before_anybody_listened_is_delivered_later(sample: Sample) -> None:
    sample.start("relay")
    sample.announce(an_answer())

    sample.start("worker")

    eventually(lambda: sample.effects() == 1)


def test_redelivery_changes_nothing(sample: Sample) -> None:
    sample.start("worker", "relay")
    sample.announce(*(an_answer() for _ in range(20)))
    eventually(lambda: sample.effects() == 20)

    sample.execute("UPDATE outbox SET published_at = NULL")

    eventually(lambda: sample.scalar("SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0)
    sample.announce(an_answer())
    eventually(lambda: sample.effects() == 21)
    assert sample.scalar("SELECT count(*) FROM effects") == 21


def test_a_change_that_is_undone_announces_nothing(sample: Sample) -> None:
    with pytest.raises(ZeroDivisionError), sample.database.begin() as uow:
        uow.outbox.add(an_answer())
        _ = 1 / 0

    assert sample.scalar("SELECT count(*) FROM outbox") == 0


def test_events_of_one_case_in_any_order_leave_the_newest_state(sample: Sample) -> None:
    sample.start("worker", "relay")
    closed = [
        CaseClosed(municipality="dk-0101", sequence=n, case_id="c", programme_id="p", state=f"state-{n}")
        for n in (3, 1, 2)
    ]

    sample.announce(*closed)

    eventually(lambda: sample.scalar("SELECT count(*) FROM inbox") == 3)
    assert sample.scalar("SELECT state FROM closures") == "state-3"


def test_an_effect_knows_what_caused_it(sample: Sample) -> None:
    sample.start("worker", "relay")

    sample.announce(an_answer())

    eventually(lambda: sample.scalar("SELECT count(*) FROM outbox") == 2)
    first, second = (
        sample.scalar("SELECT envelope FROM outbox WHERE position = :position", position=position)
        for position in (1, 2)
    )
    event_id = sample.scalar("SELECT event_id::text FROM outbox WHERE position = 1")
    assert f'"correlationid":"{event_id}"' in first
    assert f'"correlationid":"{event_id}"' in second
    assert f'"causationid":"{event_id}"' in second
