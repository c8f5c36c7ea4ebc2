"""Tallies: counts that PostgreSQL keeps beside the rows they count, in the same transaction.

A statement trigger adds what a statement brought and takes away what it replaced. So a tally cannot disagree with its
rows, whatever order the events came in, and the national dashboard reads hundreds of rows where there are
650,000 cases. A count that falls to nothing leaves no row behind: a rebuild gives the same tallies.
"""

from dataclasses import dataclass

_PLACE = {"programme_id": "programme_id", "municipality": "municipality"}


def _hour(column: str) -> str:
    """The UTC hour of an instant; a page turns it into a day of the programme's own time zone."""
    return f"date_trunc('hour', {column}, 'UTC')"


@dataclass(frozen=True)
class Tally:
    """Counts of `source` rows by `keys` (column: SQL over a row), for rows where `only` holds."""

    name: str
    source: str
    keys: dict[str, str]
    numbers: dict[str, str]
    only: str = "true"

    def create_statements(self) -> list[str]:
        """The table, its index of empty counts and the triggers that keep it."""
        types = {"hour": "timestamptz", "achieved": "boolean", "first_visit": "boolean"}
        smallints = {"level_before", "level_after", "score"}
        columns = [f"{key} {types.get(key, 'smallint' if key in smallints else 'text')} NOT NULL" for key in self.keys]
        columns += [f"{number} bigint NOT NULL" for number in self.numbers]
        keys = ", ".join(self.keys)
        arrived, gone = "REFERENCING NEW TABLE AS arrived", "REFERENCING OLD TABLE AS gone NEW TABLE AS arrived"
        keep = f"FOR EACH STATEMENT EXECUTE FUNCTION {self.name}_keep()"
        return [
            f"CREATE TABLE {self.name} ({', '.join(columns)}, PRIMARY KEY ({keys}))",
            f"CREATE INDEX {self.name}_empty ON {self.name} (programme_id) WHERE {self._all_zero()}",
            self._function(),
            f"CREATE TRIGGER {self.name}_insert AFTER INSERT ON {self.source} {arrived} {keep}",
            f"CREATE TRIGGER {self.name}_update AFTER UPDATE ON {self.source} {gone} {keep}",
        ]

    def drop_statements(self) -> list[str]:
        """The way back."""
        return [
            f"DROP TRIGGER {self.name}_update ON {self.source}",
            f"DROP TRIGGER {self.name}_insert ON {self.source}",
            f"DROP FUNCTION {self.name}_keep()",
            f"DROP TABLE {self.name}",
        ]

    def _all_zero(self) -> str:
        return " AND ".join(f"{number} = 0" for number in self.numbers)

    def _rows(self, relation: str, sign: str) -> str:
        keys = ", ".join(f"{expression} AS {key}" for key, expression in self.keys.items())
        numbers = ", ".join(f"{sign}({expression}) AS {number}" for number, expression in self.numbers.items())
        return f"SELECT {keys}, {numbers} FROM {relation} WHERE {self.only}"

    def _apply(self, changes: str) -> str:
        keys, numbers = ", ".join(self.keys), ", ".join(self.numbers)
        sums = ", ".join(f"sum({number})" for number in self.numbers)
        moved = " OR ".join(f"sum({number}) <> 0" for number in self.numbers)
        added = ", ".join(f"{number} = kept.{number} + excluded.{number}" for number in self.numbers)
        return (
            f"INSERT INTO {self.name} AS kept ({keys}, {numbers}) SELECT {keys}, {sums} FROM ({changes}) AS change "
            f"GROUP BY {keys} HAVING {moved} ON CONFLICT ({keys}) DO UPDATE SET {added};"
        )

    def _function(self) -> str:
        arrived, gone = self._rows("arrived", ""), self._rows("gone", "-")
        return (
            f"CREATE FUNCTION {self.name}_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'INSERT' THEN {self._apply(arrived)} "
            f"ELSE {self._apply(f'{arrived} UNION ALL {gone}')} "
            f"DELETE FROM {self.name} WHERE {self._all_zero()}; END IF; RETURN NULL; END $$"
        )


TALLIES: tuple[Tally, ...] = (
    Tally("case_tallies", "cases", {**_PLACE, "state": "state"}, {"number": "1"}),
    Tally(
        "registration_tallies",
        "cases",
        {**_PLACE, "hour": _hour("registered_at")},
        {"number": "1"},
        only="registered_at IS NOT NULL",
    ),
    Tally(
        "fulfilment_tallies",
        "cases",
        {**_PLACE, "hour": _hour("fulfilled_at")},
        {"number": "1"},
        only="fulfilled_at IS NOT NULL AND state = 'fulfilled'",
    ),
    Tally("placement_tallies", "placements", {**_PLACE, "state": "state", "reason": "reason"}, {"number": "1"}),
    Tally("booking_tallies", "bookings", {**_PLACE, "form": "form", "state": "state"}, {"number": "1"}),
    Tally(
        "topic_tallies",
        "topic_outcomes",
        {
            **_PLACE,
            "topic": "topic",
            "level_before": "level_before",
            "level_after": "level_after",
            "achieved": "achieved",
        },
        {"number": "1"},
    ),
    Tally(
        "session_tallies",
        "sessions_held",
        {**_PLACE, "form": "form"},
        {"sessions": "1", "seats": "seats", "attended": "attended"},
    ),
    Tally(
        "message_tallies",
        "messages",
        {**_PLACE, "purpose": "purpose", "channel": "channel", "outcome": "outcome", "reason": "reason"},
        {"number": "1"},
    ),
    Tally(
        "message_hours",
        "messages",
        {"programme_id": "programme_id", "hour": _hour("occurred_at"), "channel": "channel", "outcome": "outcome"},
        {"number": "1"},
        only="occurred_at IS NOT NULL",
    ),
    Tally(
        "survey_tallies",
        "survey_answers",
        {**_PLACE, "score": "score", "first_visit": "first_visit"},
        {"number": "1"},
    ),
)
