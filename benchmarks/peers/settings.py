"""What a peer's processes are told of a run."""

import os

AMQP_URL = os.environ.get("BENCH_AMQP_URL", "")
DATABASE_URL = os.environ.get("BENCH_DATABASE_URL", "")
CONCURRENCY = int(os.environ.get("BENCH_CONCURRENCY", "8"))
PREFETCH = int(os.environ.get("BENCH_PREFETCH", "100"))
