"""The end of a rehearsal: the figures are counted, the rules looked at, and somebody may sign in."""

from collections.abc import Mapping, Sequence

from operations.ledger import Ledger
from operations.rehearsal.outsider import read_public
from operations.rehearsal.phases import Phases
from operations.rehearsal.play.platform import Platform
from operations.rehearsal.rules.checks import Known, broken_rules
from operations.rehearsal.rules.rule import Breach, Databases
from operations.rehearsal.settings import RehearsalSettings
from operations.rehearsal.summary import Summary, count_all
from operations.rehearsal.world.everything import World

OPERATOR = {"name": "Rehearsal", "email": "operator@rehearsal.example", "role": "operator", "language": "en"}


def summarise(  # noqa: PLR0917 - each is a part of the whole
    settings: RehearsalSettings,
    world: World,
    urls: Mapping[str, str],
    ledger: Ledger,
    platform: Platform,
    traces_of_erased: Sequence[str],
    killed: list[str],
    phases: Phases,
) -> tuple[Summary, list[Breach]]:
    """The summary, and the rules that are broken."""
    programme = world.programme
    requests = platform.requests
    with phases.phase("checking"):
        known = Known(settings.organisations, traces_of_erased, read_public(platform, programme.programme_id))
        checked, breaches = broken_rules(urls, programme.definition, known)
        databases = Databases(urls)
        try:
            figures = count_all(databases, programme.programme_id, ledger.page())
        finally:
            databases.close()
    summary = Summary(
        programme=programme.programme_id,
        seed=settings.seed,
        **figures,
        requests=requests,
        rules_checked=checked,
        broken_rules=[breach.rule for breach in breaches],
        killed=killed,
        seconds=round(phases.total, 1),
        seconds_by_phase=phases.rounded(),
    )
    return summary, breaches


def sign_in_link(platform: Platform) -> str:
    """A link that signs a national operator in, once, within ten minutes."""
    members = platform.office.items("/registration/api/staff")
    found = next((member for member in members if member["email"] == OPERATOR["email"]), None)
    member = found or platform.office.post("/registration/api/staff", OPERATOR)
    return str(platform.office.post(f"/registration/api/staff/{member['staff_id']}/sign-in-link")["link"])
