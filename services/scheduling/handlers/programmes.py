"""What scheduling does when programmes and municipalities are told of or change."""

from dataclasses import replace

from frist_contracts.registration import MunicipalitiesImported, ProgrammeApplied
from services.scheduling.domain.programme import ProgrammeRules, kept_rules
from services.scheduling.handlers.cases import settle
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork


def apply_programme(event: ProgrammeApplied, uow: SchedulingUnitOfWork) -> None:
    """Keep the programme's rules, and do what had to wait for them.

    Rules that cannot be read are refused with `ProgrammeUnreadable`: kept, they would stop the seats of all programmes.
    """
    before = uow.programmes.get(event.programme_id)
    rules = uow.programmes.save(kept_rules(event.definition), event.sequence)
    if rules is None:
        return
    if before is None or _without_words(before) != _without_words(rules):
        uow.placements.postpone(rules.programme_id, rules.deadline_at or rules.ends_at)
    if before and _makes_other_sessions(before, rules):
        uow.coaches.touch_country(rules.country)
    for case_id in uow.cases.unplaced(rules.programme_id):
        case = uow.cases.in_hand(case_id)
        if case and case.is_open:
            settle(case, uow)


def import_municipalities(event: MunicipalitiesImported, uow: SchedulingUnitOfWork) -> None:
    """Keep names and neighbours; whoever waits may now find a seat next door."""
    uow.programmes.save_municipalities(event.country, event.municipalities, event.sequence)
    for rules in uow.programmes.all():
        if rules.country == event.country:
            uow.line.look_again(rules.programme_id)


def _without_words(rules: ProgrammeRules) -> ProgrammeRules:
    """What decides who is given which seat: whoever waits need not be looked at again for a name in another language."""
    return replace(rules, names={}, topics={topic: {} for topic in rules.topics})


def _makes_other_sessions(before: ProgrammeRules, after: ProgrammeRules) -> bool:
    def shape(rules: ProgrammeRules) -> tuple[object, ...]:
        return rules.help_forms, rules.topics.keys(), rules.zone.key, rules.starts_on, rules.ends_on

    return shape(before) != shape(after)
