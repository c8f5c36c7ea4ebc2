"""Without a Chromium the tests of pages say what to install."""

import os
import subprocess
import sys
from pathlib import Path

from tests.browser.chromium import NONE_HERE

OPEN_ONE = "from tests.browser.chromium import a_browser\nwith a_browser(): pass"


def test_a_machine_without_a_chromium_is_told_what_to_install(tmp_path: Path) -> None:
    """In a process of its own: two of Playwright's do not go together in one."""
    nothing = {"PATH": str(tmp_path), "PLAYWRIGHT_BROWSERS_PATH": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", OPEN_ONE],
        env={**os.environ, **nothing},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 1
    assert done.stderr.rstrip().endswith(NONE_HERE)
