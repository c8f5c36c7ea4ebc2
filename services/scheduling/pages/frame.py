"""What all of scheduling's pages share: their words, the programme's time zone, days and weeks."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import render_template
from flask_babel import format_date, format_datetime

from messaging.reach import is_within_reach
from services.scheduling.domain.programme import ProgrammeRules
from services.scheduling.domain.refusals import NotFound
from services.scheduling.domain.session import Session
from services.scheduling.pages import words
from services.scheduling.storage.unit_of_work import SchedulingUnitOfWork
from web.language import use_time_zone

Answer = str | tuple[str, int]


def show(template: str, *, refused: bool = False, **facts: Any) -> Answer:
    """A page of scheduling; with `refused` it shows a form again, as 422."""
    page = render_template(f"scheduling/{template}.html", words=words, topic_name=words.topic_name, **facts)
    return (page, 422) if refused else page


def rules_of_place(municipality: str | None, uow: SchedulingUnitOfWork) -> ProgrammeRules:
    """The programme that runs in a municipality, or the first there is; its time zone is the page's.

    Coaches help in every programme of their country, so its topics are those of all of them, its own first.
    """
    programmes = uow.programmes.all()
    country = (municipality or "").partition("-")[0]
    here = [rules for rules in programmes if rules.country == country] or programmes
    if not here:
        raise NotFound("No programme has been applied yet; apply one first.")
    running = [rules for rules in here if rules.today(uow.now) <= rules.ends_on]
    rules = (running or here)[0]
    use_time_zone(rules.zone.key)
    topics = {topic: names for each in (*here, rules) for topic, names in each.topics.items()}
    return replace(rules, topics=rules.topics | topics)


def asked_day(text: str | None, today: date) -> date:
    """The day asked for in an address; today when there is none, or none that a week can be shown of."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return today
    return day if is_within_reach(day) else today


def week_of(day: date) -> list[date]:
    """The seven days of a day's week, from Monday."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=offset) for offset in range(7)]


def by_day(sessions: Iterable[Session]) -> list[tuple[date, list[Session]]]:
    """Sessions in the order of time, parted by local day."""
    return [(day, list(listed)) for day, listed in groupby(sessions, key=lambda session: session.day)]


def leaf_month(value: datetime) -> str:
    """`sep.`, for a leaf of a calendar."""
    return str(format_datetime(value, "LLL"))


def leaf_day(value: datetime) -> str:
    """`3`, for a leaf of a calendar."""
    return str(format_datetime(value, "d"))


def weekday(value: date) -> str:
    """`tirsdag`."""
    return str(format_date(value, "EEEE"))
