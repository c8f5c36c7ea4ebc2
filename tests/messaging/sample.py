"""The sample service's processes: `python -m tests.messaging.sample SERVICE worker|relay`."""

import sys

from messaging.main import main

main(sys.argv[1], "tests.messaging.sample_service:SampleService", sys.argv[2:])
