"""The subject's processes: `python -m benchmarks.subject.process SERVICE MODULE:CLASS worker|relay`.

The service takes the name of a real one, because the ledger's pages are published under the names of the catalogue.
"""

import importlib
import sys

from messaging.main import main

if __name__ == "__main__":
    _, service, service_class, role = sys.argv
    if role == "relay":  # needs no class, but a ceiling takes parts out of the kernel; a worker imports it later
        importlib.import_module("benchmarks.subject." + service_class.partition(":")[0])
    main(service, f"benchmarks.subject.{service_class}", [role])
