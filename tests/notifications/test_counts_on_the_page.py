"""The counts above the list of messages: made once a minute, and only where nothing is looked for."""

import re
import time
from types import SimpleNamespace

import pytest

from tests.notifications.builders import a_case_opened, a_contact, a_programme_applied, a_registration
from tests.notifications.test_http import SECRET, signed_in
from tests.support.one_app import app_over
from web.access import Role

PAGE = "/notifications/messages?language=en"


@pytest.fixture
def lead(platform, catcher):
    platform.tell(a_programme_applied(), a_case_opened(), a_contact(), a_registration()).send(catcher.outlets)
    return signed_in(app_over("notifications", platform.database, secret=SECRET), Role.LEAD, "dk-0265")


def test_counts_are_of_the_last_minute_and_say_when_they_were_made(platform, lead, catcher, monkeypatch):
    first = lead.get(PAGE).get_data(as_text=True)
    platform.at(platform.now.replace(hour=11)).tell(a_registration(sequence=7)).send(catcher.outlets)

    within, a_minute_on = lead.get(PAGE).get_data(as_text=True), time.monotonic() + 61
    with monkeypatch.context() as later:
        later.setattr("messaging.remembering.time", SimpleNamespace(monotonic=lambda: a_minute_on))
        after = lead.get(PAGE).get_data(as_text=True)

    assert figures(first) == figures(within) != figures(after)
    assert ["Counted at 12:00." in page for page in (first, within, after)] == [True, True, False]
    assert "Counted at 13:00." in after


@pytest.mark.parametrize("query", ["&state=sent", "&case_id=case-1", "&after=WzFd"])
def test_nothing_is_counted_where_something_is_looked_for(lead, query):
    page = lead.get(PAGE + query).get_data(as_text=True)

    assert "Counted at" not in page
    assert "Receipt of registration" in page


def figures(page):
    return re.findall(r'<div class="frist-figures">.*?</div>\s*<p', page, re.DOTALL)
