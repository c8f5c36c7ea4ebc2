"""What the sample service does: it counts answers, and can be told to misbehave.

Its score says what the handler does: 1 refuses, 2 breaks always, 3 breaks until it is told to behave, 4 kills its process.
"""

import os
import signal
from typing import Any

from sqlalchemy import text

from frist_contracts import CaseClosed, NoAddressLeft, SurveyAnswered
from messaging.refusals import Refusal

TABLES = """
CREATE TABLE effects (survey_id text NOT NULL, score int NOT NULL, municipality text NOT NULL);
CREATE TABLE closures (case_id text PRIMARY KEY, sequence int NOT NULL, state text NOT NULL);
CREATE TABLE behaviour (behaves boolean NOT NULL);
INSERT INTO behaviour VALUES (false);
CREATE SEQUENCE tries;
CREATE TABLE ticks (ticked_at timestamptz NOT NULL);
"""


class ScoreRefused(Refusal):
    """A score of one is refused."""


def count_answer(event: SurveyAnswered, uow: Any) -> None:
    """Keep one effect for each answer, and announce it."""
    if event.score == 1:
        raise ScoreRefused
    if event.score == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    uow.connection.execute(text("SELECT nextval('tries')"))  # stays counted when the handler breaks
    if event.score == 2 or (
        event.score == 3 and not uow.connection.execute(text("SELECT behaves FROM behaviour")).scalar()
    ):
        raise RuntimeError("the handler broke")
    uow.connection.execute(
        text("INSERT INTO effects VALUES (:survey_id, :score, :municipality)"),
        {"survey_id": event.survey_id, "score": event.score, "municipality": event.municipality},
    )
    uow.outbox.add(NoAddressLeft(municipality=event.municipality, case_id=event.case_id, programme_id="p"))


def project_closures(events: list[CaseClosed], uow: Any) -> None:
    """Keep each case's newest state."""
    for event in events:
        uow.connection.execute(
            text("""
                INSERT INTO closures VALUES (:case_id, :sequence, :state) ON CONFLICT (case_id) DO UPDATE
                SET sequence = excluded.sequence, state = excluded.state WHERE closures.sequence < excluded.sequence
            """),
            {"case_id": event.case_id, "sequence": event.sequence, "state": event.state},
        )


def ignore(event: NoAddressLeft, uow: Any) -> None:
    """Somebody has to listen."""


def tick(uow: Any) -> int:
    """Tick once a minute."""
    done = uow.connection.execute(
        text("""
            INSERT INTO ticks SELECT :now
            WHERE NOT EXISTS (SELECT FROM ticks WHERE ticked_at > CAST(:now AS timestamptz) - interval '1 minute')
        """),
        {"now": uow.now},
    )
    return int(done.rowcount)
