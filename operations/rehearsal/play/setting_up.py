"""Before the first day: the programme, its places and people, and the register are given to the platform."""

from datetime import time
from typing import Any

from operations.errors import OperationsError
from operations.ledger import Ledger
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.world.everything import World
from operations.rehearsal.world.libraries import coaches_csv, venues_csv
from operations.rehearsal.world.organisations import register_csv

REGISTER_COLUMNS = ("number", "kind", "name", "address", "postcode", "city", "municipality")
PATIENCE_SECONDS = 300.0
MORNING = time(9, 0)


class ImportFailedError(OperationsError):
    """The platform did not take what it was given."""


def set_up(platform: Platform, world: World, ledger: Ledger) -> None:
    """Give the platform everything it needs to know; returns when the register is imported and all has settled."""
    country, programme = world.country, world.programme
    platform.set_clocks(programme.instant(programme.starts_on, MORNING))
    platform.put_csv(f"/registration/api/municipalities/{country.code}", country.municipalities_csv)
    if country.postcodes_csv is not None:
        platform.put_csv(f"/registration/api/postcodes/{country.code}", country.postcodes_csv)
    _check(platform.put_csv("/scheduling/api/venues", venues_csv(world.libraries)), "venues")
    _check(platform.put_csv("/scheduling/api/coaches", coaches_csv(world.coaches)), "coaches")
    platform.apply_programme(programme.programme_id, programme.text)
    ledger.wait_until_settled(PATIENCE_SECONDS)
    run_id = platform.import_register(
        programme.programme_id, register_csv(world.organisations, {name: name for name in REGISTER_COLUMNS})
    )
    ledger.wait_until_settled(PATIENCE_SECONDS)
    _check_import(platform.import_run(run_id), len(world.organisations))


def _check(report: dict[str, object], what: str) -> None:
    if report.get("refused"):
        raise ImportFailedError(f"Rows of the {what} were refused: {report}")


def _check_import(run: dict[str, Any], rows: int) -> None:
    if run["state"] != "done" or run["refused"] or run["opened"] != rows:
        raise ImportFailedError(f"Of {rows} rows of the register {run['opened']} were taken: {run}")
