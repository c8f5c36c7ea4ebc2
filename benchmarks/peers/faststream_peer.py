"""FastStream: asyncio, confirms (its default), acknowledged after the handler, a quorum queue; pydantic is its own way."""

import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvloop
from faststream import AckPolicy, FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from benchmarks.peers import settings, work

QUEUE = "peer.faststream"

queue = RabbitQueue(QUEUE, queue_type=QueueType.QUORUM, durable=True)
broker = RabbitBroker(
    settings.AMQP_URL,
    default_channel=Channel(prefetch_count=settings.PREFETCH, publisher_confirms="seed" not in sys.argv),
)
pool: Any = None


@asynccontextmanager
async def with_pool() -> AsyncIterator[None]:
    """As many connections as there are to be transactions at a time."""
    global pool
    async with asyncpg.create_pool(
        settings.DATABASE_URL, min_size=settings.CONCURRENCY, max_size=settings.CONCURRENCY
    ) as pool:
        yield


app = FastStream(broker, lifespan=with_pool)


@broker.subscriber(queue, ack_policy=AckPolicy.NACK_ON_ERROR)
async def keep(message: work.Message) -> None:
    """One message, as a task beside others."""
    async with pool.acquire() as connection, connection.transaction():
        if await connection.execute(work.numbered(work.ADMIT), message.id) == "INSERT 0 1":
            await connection.execute(work.numbered(work.KEEP), *work.row_of(message))


async def publish() -> None:
    """Publish one by one, each confirmed before the next."""
    count = int(sys.argv[2])
    messages = [work.a_message(position) for position in range(count + count // 10)]
    async with broker:
        await broker.declare_queue(queue)
        for message in messages[count:]:
            await broker.publish(message, queue=QUEUE, persist=True)
        began = time.perf_counter()
        for message in messages[:count]:
            await broker.publish(message, queue=QUEUE, persist=True)
        print(count / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    uvloop.run(publish())
