"""Rule 1 and the states: one case for each organisation, in one state everywhere, and counts that sum."""

from collections.abc import Callable

from operations.rehearsal.rules.rule import AcrossRule, Databases, Row, Rule, SqlRule

STATES = (
    "obliged", "registered", "assessed", "waiting", "booked", "helped", "fulfilled", "exempt", "withdrawn", "unreachable",
)  # fmt: skip
_IN_REGISTRATION = "SELECT case_id::text AS case_id, state, municipality FROM cases WHERE programme_id = %(programme)s"
_IN_REPORTING = "SELECT case_id, state, municipality FROM cases WHERE programme_id = %(programme)s"


def case_rules(programme_id: str, organisations: int) -> tuple[Rule, ...]:
    """The rules about the cases of a programme in which so many organisations take part."""
    programme = {"programme": programme_id}
    return (
        SqlRule(
            "One live case for each organisation and programme (rule 1).",
            "registration",
            """
            SELECT organisation_id, programme_id, count(*) AS cases FROM cases WHERE organisation_id IS NOT NULL
            GROUP BY organisation_id, programme_id HAVING count(*) > 1
            """,
        ),
        SqlRule(
            "Every case is in exactly one of the states of the domain.",
            "registration",
            "SELECT case_id, state FROM cases WHERE state <> ALL (%(states)s)",
            {"states": list(STATES)},
        ),
        SqlRule(
            "The states of all cases sum to the organisations.",
            "registration",
            """
            SELECT count(*) AS cases, %(organisations)s AS organisations FROM cases WHERE programme_id = %(programme)s
            HAVING count(*) <> %(organisations)s
            """,
            {**programme, "organisations": organisations},
        ),
        AcrossRule("Reporting has every case in the state that registration has it in.", _same_in_reporting(programme)),
        AcrossRule(
            "A case is booked where it has a seat and waiting where it stands in line.", _same_places(programme)
        ),
    )


def _same_in_reporting(programme: dict[str, str]) -> Callable[[Databases], list[Row]]:
    def find(databases: Databases) -> list[Row]:
        told = {row["case_id"]: row for row in databases.rows("reporting", _IN_REPORTING, programme)}
        own = {row["case_id"]: row for row in databases.rows("registration", _IN_REGISTRATION, programme)}
        return [
            {"case_id": case_id, "registration": own.get(case_id), "reporting": told.get(case_id)}
            for case_id in own.keys() | told.keys()
            if own.get(case_id) != told.get(case_id)
        ]

    return find


def _same_places(programme: dict[str, str]) -> Callable[[Databases], list[Row]]:
    def find(databases: Databases) -> list[Row]:
        query = "SELECT case_id, state FROM placements WHERE programme_id = %(programme)s"
        places = {row["case_id"]: row["state"] for row in databases.rows("scheduling", query, programme)}
        breaches = []
        for row in databases.rows("registration", _IN_REGISTRATION, programme):
            place, state = places.get(row["case_id"], "none"), row["state"]
            if place != state and {place, state} & {"waiting", "booked"}:
                breaches.append({"case_id": row["case_id"], "registration": state, "scheduling": place})
        return breaches

    return find
