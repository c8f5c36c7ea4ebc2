"""The sample service's processes: `python -m tests.messaging.sample worker|relay`."""

import sys

from messaging.main import main

main("sample", "tests.messaging.sample_service:SampleService", sys.argv[1:])
