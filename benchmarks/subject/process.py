"""The subject's processes: `python -m benchmarks.subject.process SERVICE MODULE:CLASS worker|relay`.

The service takes the name of a real one, because the ledger's pages are published under the names of the catalogue.
"""

import sys

from messaging.main import main

if __name__ == "__main__":
    main(sys.argv[1], f"benchmarks.subject.{sys.argv[2]}", sys.argv[3:])
