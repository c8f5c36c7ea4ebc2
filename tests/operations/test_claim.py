"""Two platforms never run from one folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from operations.errors import StartError
from operations.local.claim import Claim


def test_a_folder_is_had_by_one_at_a_time(tmp_path: Path) -> None:
    first, second = Claim(tmp_path), Claim(tmp_path)
    first.take()

    with pytest.raises(StartError, match=f"process {os.getpid()}"):
        second.take()

    first.release()
    second.take()
    second.release()


HOLDING = """
import sys
from pathlib import Path
from operations.local.claim import Claim

claim = Claim(Path(sys.argv[1]))
claim.take()
print("taken", flush=True)
sys.stdin.read()
"""


def test_whoever_dies_has_it_no_longer(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"taken\n"
            with pytest.raises(StartError, match=f"kill {other.pid}"):
                Claim(tmp_path).take()
        finally:
            other.kill()

    Claim(tmp_path).take()
