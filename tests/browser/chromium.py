"""The Chromium of this machine, and what axe-core finds on a page in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NONE_HERE = (
    "No Chromium is here, and pages are looked at in one: install it (as root on Debian: apt-get install chromium), "
    "or have Playwright fetch its own: .venv/bin/playwright install --with-deps chromium"
)
WIDE, NARROW, NARROWEST = 1280, 390, 320
"""Widths in CSS pixels: a desk, a telephone, and the narrowest that WCAG 2.1 asks for (1.4.10)."""

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
RULES = {"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]}
"""Of what is in order axe then tells one element: a selector for each of a page's thousands took most of its time."""


@contextmanager
def a_browser() -> Iterator[Browser]:
    """The installed Chromium, else Playwright's own; without either the test fails and says what to install."""
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    # As root the sandbox of Chromium cannot start; these pages are our own.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        if not installed and not Path(playwright.chromium.executable_path).exists():
            pytest.fail(NONE_HERE, pytrace=False)
        browser = playwright.chromium.launch(executable_path=installed, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def barriers(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, one line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("rules => axe.run(rules).then(said => said.violations)", RULES)
    return [f"{page.url}: {rule['help']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
