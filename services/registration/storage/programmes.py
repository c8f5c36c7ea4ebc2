"""The programmes as applied, each with its whole definition."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NoReturn

from sqlalchemy import Connection, Row, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert

from messaging.refusals import Refusal
from messaging.remembering import RowMemory, ShortMemory, row_version
from services.registration.domain.case import Duty
from services.registration.domain.places import Places
from services.registration.storage.places import places_of
from services.registration.storage.tables import programmes

_KNOWN: "RowMemory[Programme]" = RowMemory()
_RECENT: "ShortMemory[Programme]" = ShortMemory()
_HAS_REGISTER: "ShortMemory[bool]" = ShortMemory()
_IMPORTED = text("SELECT EXISTS (SELECT FROM import_runs WHERE programme_id = :programme_id)")
_ONE = select(programmes).where(programmes.c.programme_id == bindparam("programme_id"))
_VERSIONS = text(f"""
    SELECT programmes.programme_id, programmes.country, {row_version("programmes")} AS version,
           {row_version("countries")} AS country_version
    FROM programmes LEFT JOIN countries ON countries.country = programmes.country
    WHERE programmes.programme_id = :programme_id
""")


class ProgrammeUnknown(Refusal):
    """There is no programme with this id here."""

    slug = "programme_unknown"
    status = 404


@dataclass(frozen=True)
class Programme:
    """A programme as pages and handlers need it; `definition` is the whole checked file."""

    programme_id: str
    country: str
    definition: dict[str, Any]
    version: int

    @property
    def topics(self) -> list[str]:
        """The topics of the skills inventory, in the order they are asked."""
        return [topic["topic"] for topic in self.definition["topics"]]

    @property
    def help_forms(self) -> list[str]:
        """The forms of help that are offered."""
        return list(self.definition["help_forms"])

    @property
    def exemption_grounds(self) -> list[str]:
        """Every ground on which some duty of the programme exempts, each once."""
        return list(dict.fromkeys(g for duty in self.definition["obligations"] for g in duty["exemption_grounds"]))

    @property
    def last_day(self) -> date:
        """The deadline, or the end of a programme that has none."""
        return date.fromisoformat(self.definition["deadline"] or self.definition["ends_on"])

    @property
    def has_deadline(self) -> bool:
        """Whether the last day is one that the law sets."""
        return self.definition["deadline"] is not None

    def name(self, language: str) -> str:
        """The programme's name in a language."""
        return str(self.definition["names"][language])

    def topic_name(self, topic: str, language: str) -> str:
        """The topic's name in a language, or its id when the programme no longer has it."""
        return next((str(t["names"][language]) for t in self.definition["topics"] if t["topic"] == topic), topic)


class ProgrammeRepository:
    """Reads and writes programmes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, definition: dict[str, Any], now: datetime) -> int:
        """Keep the definition; returns its version, from 1, which stays when nothing changed."""
        _RECENT.forget(self._connection)
        rule = definition["fulfilled_when"]
        row = {
            "programme_id": definition["programme_id"],
            "country": definition["country"],
            "definition": definition,
            "duty_topics": rule.get("topics", []),
            "any_help": rule.get("any_help", False),
            "applied_at": now,
        }
        insertion = insert(programmes).values(**row, version=1)
        upsert = insertion.on_conflict_do_update(
            index_elements=[programmes.c.programme_id], set_={**row, "version": programmes.c.version + 1}
        )
        return int(self._connection.execute(upsert.returning(programmes.c.version)).scalar_one())

    def find(self, programme_id: str) -> Programme | None:
        """The programme, or None."""
        row = self._versions(programme_id)
        return self._known(row) if row else None

    def get(self, programme_id: str) -> Programme:
        """The programme; raises `ProgrammeUnknown`."""
        return self._known(self._versions(programme_id) or _unknown())

    def recent(self, programme_id: str) -> Programme:
        """The programme of a moment ago; raises `ProgrammeUnknown`."""
        return _RECENT.value(self._connection, programme_id, lambda: self.get(programme_id))

    def has_register(self, programme_id: str) -> bool:
        """Whether a national register has been imported for it, a moment ago: then it knows whoever is obliged."""
        return _HAS_REGISTER.value(
            self._connection,
            programme_id,
            lambda: bool(self._connection.execute(_IMPORTED, {"programme_id": programme_id}).scalar_one()),
        )

    def with_places(self, programme_id: str) -> tuple[Programme, Places]:
        """The programme and the geography of its country; raises `ProgrammeUnknown`."""
        row = self._versions(programme_id) or _unknown()
        return self._known(row), places_of(self._connection, row.country, row.country_version)

    def all(self) -> list[Programme]:
        """Every programme, the newest deadline first."""
        rows = self._connection.execute(select(programmes).order_by(programmes.c.programme_id)).all()
        return sorted(map(_programme, rows), key=lambda programme: programme.last_day, reverse=True)

    def duties(self, programme_ids: set[str]) -> dict[str, Duty]:
        """When a case of each of the programmes is done."""
        columns = select(programmes.c.programme_id, programmes.c.duty_topics, programmes.c.any_help)
        rows = self._connection.execute(columns.where(programmes.c.programme_id.in_(programme_ids)))
        return {row.programme_id: Duty(frozenset(row.duty_topics), row.any_help) for row in rows}

    def _versions(self, programme_id: str) -> Row[Any] | None:
        return self._connection.execute(_VERSIONS, {"programme_id": programme_id}).one_or_none()

    def _known(self, versions: Row[Any]) -> Programme:
        return _KNOWN.value(
            self._connection, versions.programme_id, versions.version, lambda: self._read(versions.programme_id)
        )

    def _read(self, programme_id: str) -> Programme:
        return _programme(self._connection.execute(_ONE, {"programme_id": programme_id}).one())


def _unknown() -> NoReturn:
    raise ProgrammeUnknown("There is no programme with this id; see the list of programmes.", field="programme_id")


def _programme(row: Row[Any]) -> Programme:
    return Programme(row.programme_id, row.country, row.definition, row.version)
