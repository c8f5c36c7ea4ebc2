"""What the page says around its figures."""

INTRODUCTION = """# Benchmarks

Made by `make bench`; do not edit. Each figure stands beside its ceiling (the same work without what is being asked about) or beside its peers (other Python frameworks at comparable work), measured in the same run on the same machine, because only ratios carry to another machine. The values are medians of the rounds; the spread is the lowest and the highest round."""

HOW = """## How it is measured

Everything is a real process against a real PostgreSQL and a real RabbitMQ on this machine, with the durability named above. The contestants take turns (A B B A A B …), and a checkpoint comes before each turn that is not of a second or two. Bodies are about 600 bytes: a `CaseRegistered` event of the catalogue. Rates of the platform and of the peers' consumers are read from the rows that were written, by the clock of the database, and the first tenth is left out, since a process that has just started still warms up. After each round the tables are counted: every event had its effect exactly once, or there is no figure.

The platform's part is a small service on the ordinary kernel (`benchmarks/subject`): `subscribe`, a worker process under the ordinary launcher, the ordinary relay process, default settings. It decodes and checks the envelope and the data, admits through the inbox, changes one row through a repository, and puts one event into the outbox.

The peers do less: they decode, check the same fields with pydantic, write one inbox row and one row of effect in one transaction for each message, and acknowledge after it; no event follows, and nothing is audited. All have durable quorum queues, persistent messages and publisher confirms. nameko, Celery and Dramatiq use psycopg2, which is quicker here at single rows than psycopg 3; FastStream uses asyncpg and uvloop. Their settings: {settings}. Each is its newest version allowed by `benchmarks/requirements.lock`."""

SECTIONS = {
    "relay.vs": """## Relaying

How fast one relay process turns outbox rows into confirmed events and marks them. Raw is pika publishing the same bytes with the same window of confirms, reading and marking nothing. The peers publish one message after the other and wait for each confirm, which is what their publishing calls do; none of them reads an outbox.""",
    "relay.backlog": """## A long backlog

The same relay with very many rows waiting and with ten thousand: whether a long outage of the broker makes the recovery slower. With the long backlog the relay is stopped after as many events as the short one has, so that both do the same work. Ten thousand events take two seconds, so there are three times as many rounds as elsewhere.""",
    "consume": """## Consuming

A queue is filled, then one worker process starts. `without inbox` is the same service with the inbox taken out of the kernel, which nobody should do. `set based` takes the whole batch in one handler, as projections do; the peers have no such thing and are measured one by one, so that ratio compares two ways to work as much as two frameworks. `two workers` share the same two processors with the database and the broker.""",
    "latency": """## Latency

From just before a service's COMMIT until another transaction can see the row that a second service wrote, with nothing else to do: waking the relay, the broker, the worker's batch window and two commits. The observer asks every half millisecond, which is part of the figure.""",
    "web": """## Registering over HTTP

The real endpoint (access, validation, municipality, programme, case, contact, history, access log, three events in the outbox) against Flask and psycopg with two INSERTs and nothing else, each under gunicorn with two processes of four threads, asked over eight kept-alive connections by the same client on the same machine. Both are up the whole time and take turns of a second and a half, in five times as many rounds as elsewhere: the machine's pace changes by the second.""",
    "ledger": """## The ledger

What the ledger takes of the processor time of the whole machine (platform, PostgreSQL and RabbitMQ). An outbox is relayed without pages, and then the real pager closes all of them; a queue is consumed without audits, its pages included, and then the real auditor compares them all. Each is counted by itself: a rate with pages against a rate without differs by ten times the ledger's cost from one round to the next, either way. Pages were closed each second for consuming, where production does it every fifteen.""",
}

CAVEATS = """## What these figures do not say

- Everything shares two processors here: servers, platform and client. On more of them absolute figures rise, and ratios may move either way.
- A node alone does not pay for replication. A cluster of three pays for it at every confirm, peers and platform alike.
- The work in a handler is one row. The more a handler does by itself, the less any framework matters.
- Batches are where the platform's speed comes from: they help when there is a queue. One event on an idle platform is the latency above.
- Nobody tuned the peers beyond what is said here; who knows one better is welcome to change its file in `benchmarks/peers`."""
