"""How pages show times, numbers and money: in the reader's language and the programme's time zone."""

from datetime import date, datetime
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_currency as babel_currency
from babel.numbers import get_currency_precision
from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, format_percent, format_time, get_locale, gettext


def day(value: datetime | date) -> str:
    """`fredag den 1. november 2013`: an instant's local day, or a date as it is."""
    return str(format_date(value, "full", rebase=isinstance(value, datetime)))


def headed(text: str) -> str:
    """The text with its first letter large and all others as they are: `Søndag den 22. november` too."""
    return text[:1].upper() + text[1:]


def short_day(value: datetime | date) -> str:
    """`1. nov. 2013`."""
    return str(format_date(value, "medium", rebase=isinstance(value, datetime)))


def moment(value: datetime) -> str:
    """`fredag den 1. november 2013 kl. 10.15`."""
    return str(gettext("%(day)s at %(time)s", day=day(value), time=clock_time(value)))


def day_month(value: date) -> str:
    """`1. nov.`."""
    return str(format_skeleton("MMMd", value, locale=get_locale()))


def month_year(value: date) -> str:
    """`nov. 2013`."""
    return str(format_skeleton("yMMM", value, locale=get_locale()))


def short_moment(value: datetime) -> str:
    """`01.11.2013 10.15`."""
    return str(format_datetime(value, "short"))


def clock_time(value: datetime) -> str:
    """`10.15`."""
    return str(format_time(value, "short"))


def number(value: float) -> str:
    """`7.000`."""
    return str(format_decimal(value))


def percent(share: float, decimals: int = 0) -> str:
    """A share between 0 and 1 as `85 %`."""
    return str(format_percent(share, "#,##0 %" if decimals == 0 else f"#,##0.{'0' * decimals} %"))


def money(minor_units: int, currency: str, *, whole: bool = False) -> str:
    """300.00 kr. from 30000 and `DKK`, and 300 kr. where it stands large, as a `whole` amount beside a table of exact ones."""
    major, locale = minor_units / 10 ** get_currency_precision(currency), get_locale()
    if not whole:
        return str(babel_currency(major, currency, locale=locale))
    pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    return str(babel_currency(round(major), currency, pattern, locale=locale, currency_digits=False))


def register_formats(app: Flask) -> None:
    """Give the templates these as filters of the same names."""
    filters: list[Any] = [
        day,
        headed,
        short_day,
        day_month,
        month_year,
        moment,
        short_moment,
        clock_time,
        number,
        percent,
        money,
    ]
    for each in filters:
        app.add_template_filter(each)
