"""`frist ledger`: whether every published event took effect at everybody who subscribes to it."""

from datetime import datetime

import typer

from operations.command.output import AsJson, console, fail, print_json, print_table
from operations.command.times import Since, Until, check_order
from operations.connection import Platform
from operations.ledger import Account, Ledger, LedgerPage, NotSettledError, Span
from operations.queues import Queues


def ledger(
    as_json: bool = AsJson,
    since: datetime = Since,
    until: datetime = Until,
    wait: float = typer.Option(0, help="Wait up to so many seconds until all is settled."),
) -> None:
    """Show, for each producer and consumer, what was published and what became of it.

    A span (--since, --until) chooses events by when they were stored. Exit code 0: settled, nothing is missing or
    pending. 1: not settled, also after waiting, or not to be reached. 2: bad use.
    """
    check_order(since, until)
    platform = Platform.find()
    unrest = _wait(platform, wait) if wait else None
    reading = Ledger(platform.database_urls, Queues.of(platform).backlog)
    page = reading.page(Span(since, until))
    reading.close()
    if as_json:
        print_json(page.as_json())
    else:
        _print(page)
    if unrest:
        fail(unrest)
    if not page.is_settled:
        raise typer.Exit(1)


def _wait(platform: Platform, seconds: float) -> str | None:
    """What still goes on after so many seconds; None once all has settled."""
    waiting = Ledger(platform.database_urls, Queues.of(platform).backlog).trust_pages()
    try:
        waiting.wait_until_settled(seconds)
    except NotSettledError as error:
        return str(error)
    finally:
        waiting.close()
    return None


def _print(page: LedgerPage) -> None:
    rows = [[each.producer, each.consumer, *_counts(each, page), _oldest(each)] for each in page.accounts]
    rows.append(["all", "", *(page.total(name) for name in page.columns), ""])
    print_table("Events from producer to consumer", ("producer", "consumer", *page.columns, "oldest unsettled"), rows)
    console.print("Settled: nothing is missing or pending." if page.is_settled else "Not settled.")


def _counts(account: Account, page: LedgerPage) -> list[int]:
    return [getattr(account, name) for name in page.columns]


def _oldest(account: Account) -> str:
    if account.oldest is None:
        return ""
    stored_at = account.oldest.stored_at.strftime("%Y-%m-%d %H:%M:%S")
    return f"position {account.oldest.position}, {stored_at}, {account.oldest.age_seconds:.0f} s"
