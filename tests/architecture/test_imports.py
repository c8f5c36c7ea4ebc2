"""Who may import whom: the contracts of import-linter in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT


def test_imports_keep_the_contracts():
    command = Path(sys.executable).with_name("lint-imports")

    finished = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert finished.returncode == 0, finished.stdout + finished.stderr
