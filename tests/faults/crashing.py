"""Processes of the sample service that die at a point: `python -m tests.faults.crashing SERVICE worker|relay|announce`.

`announce` stands for a request: it says one thing and commits.
"""

import sys

from messaging.main import main
from tests.faults.points import arm

service, role = sys.argv[1:]
if role == "worker":
    main(service, "tests.faults.crashing_service:SampleService", [role])  # which arms itself once the sockets are green
elif role == "relay":
    arm()
    main(service, "", [role])
else:
    arm()
    from tests.faults.announcing import announce

    announce(service)
