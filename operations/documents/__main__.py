"""`python -m operations.documents [--check | --freeze]`: the generated documents, run where the repository lies."""

import argparse
import sys
from pathlib import Path

from operations.documents.frozen import freeze
from operations.documents.generated import stale, write


def main(arguments: list[str] | None = None) -> int:
    """Write the documents below the current folder; exit code 1 when something needs a person."""
    parser = argparse.ArgumentParser(prog="python -m operations.documents", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="change nothing; fail when a document is stale")
    choice.add_argument("--freeze", action="store_true", help="from now on, today's events may only grow")
    options = parser.parse_args(arguments)
    root = Path.cwd()
    if options.freeze:
        return _report(freeze(root), "make a new version of the event beside the old one: docs/adding-an-event.md")
    if options.check:
        return _report([f"stale: {path}" for path in stale(root)], "run `make docs` and commit what it writes")
    for path in write(root):
        print(f"written: {path.relative_to(root)}")
    return 0


def _report(faults: list[str], remedy: str) -> int:
    for fault in faults:
        print(fault)
    if faults:
        print(remedy)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
