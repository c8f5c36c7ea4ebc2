"""The AsyncAPI 3.0 document: which service sends and receives which event over which channel."""

from typing import Any

from frist_contracts.catalogue import EVENTS
from frist_contracts.envelope import CONTENT_TYPE
from frist_contracts.event import Event, Lane
from operations.documents.json_schemas import one_line
from operations.documents.subscribers import subscribers_of


def asyncapi(version: str) -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Frist's events",
            "version": version,
            "description": "Generated from the catalogue of events; delivery is at least once, in any order.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {event.type_name(): _channel(event) for event in EVENTS},
        "operations": {name: operation for event in EVENTS for name, operation in _operations(event).items()},
        "components": {"messages": {event.type_name(): _message(event) for event in EVENTS}},
    }


def _channel(event: type[Event]) -> dict[str, Any]:
    return {
        "address": f"{event.producer}.{event.slug()}.{{lane}}.{{municipality}}",
        "messages": {event.__name__: {"$ref": f"#/components/messages/{event.type_name()}"}},
        "parameters": {
            "lane": {"enum": [lane.value for lane in Lane], "default": event.lane.value},
            "municipality": {"description": "as `dk-0101`, or `national`"},
        },
        "bindings": {
            "amqp": {"is": "routingKey", "exchange": {"name": "events", "type": "topic", "durable": True}},
        },
    }


def _operations(event: type[Event]) -> dict[str, Any]:
    receives = {
        f"{service}.receives.{event.type_name()}": _operation("receive", event) for service in subscribers_of(event)
    }
    return {f"{event.producer}.sends.{event.type_name()}": _operation("send", event)} | receives


def _operation(action: str, event: type[Event]) -> dict[str, Any]:
    return {"action": action, "channel": {"$ref": f"#/channels/{event.type_name()}"}}


def _message(event: type[Event]) -> dict[str, Any]:
    data = {"properties": {"data": {"$ref": f"schemas/{event.type_name()}.json"}}}
    return {
        "name": event.type_name(),
        "title": event.__name__,
        "summary": one_line(event.__doc__),
        "contentType": CONTENT_TYPE,
        "payload": {"allOf": [{"$ref": "schemas/envelope.json"}, data]},
        "x-private": event.private,
    }
