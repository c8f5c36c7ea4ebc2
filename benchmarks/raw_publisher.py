"""The ceiling of relaying: pika publishing prepared messages with a window of confirms, and doing nothing else.

`python -m benchmarks.raw_publisher EVENTS` prints how many a second; the first tenth is not counted.
"""

import sys
import time
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection

from benchmarks.events import a_message
from frist_contracts import CONTENT_TYPE
from messaging.publisher import WINDOW
from messaging.settings import MessagingSettings


class RawPublisher:
    """One connection, one channel; the next message goes out when a confirm has made room for it."""

    def __init__(self, amqp_url: str, events: int) -> None:
        self._messages = [a_message(position) for position in range(1, events + 1)]
        self._sent = self._confirmed = 0
        self._warm_at = 0.0
        self._warm = events // 10
        self.rate = 0.0
        self._connection = SelectConnection(pika.URLParameters(amqp_url), on_open_callback=self._on_open)

    def run(self) -> None:
        """Publish everything."""
        self._connection.ioloop.start()

    def _on_open(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._send())

    def _send(self) -> None:
        while self._sent < len(self._messages) and self._sent - self._confirmed < WINDOW:
            message = self._messages[self._sent]
            properties = pika.BasicProperties(content_type=CONTENT_TYPE, delivery_mode=2, message_id=message.message_id)
            self._channel.basic_publish(message.exchange, message.routing_key, message.body, properties, mandatory=True)
            self._sent += 1

    def _on_confirm(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        self._confirmed = tag if frame.method.multiple else self._confirmed + 1
        if not self._warm_at and self._confirmed >= self._warm:
            self._warm_at, self._warm = time.perf_counter(), self._confirmed
        if self._confirmed == len(self._messages):
            self.rate = (self._confirmed - self._warm) / (time.perf_counter() - self._warm_at)
            self._connection.ioloop.stop()
        self._send()


if __name__ == "__main__":
    raw = RawPublisher(MessagingSettings.load("registration").amqp_url, int(sys.argv[1]))
    raw.run()
    print(raw.rate)
