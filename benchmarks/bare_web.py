"""The ceiling of the web: Flask and psycopg, two INSERTs and a commit, nothing checked and nobody asked who they are."""

import threading
import uuid
from typing import Any

import psycopg
from flask import Flask, request

from messaging.settings import database_url

SERVICE = "bare"
TABLES = """
CREATE TABLE bare_cases (case_id uuid PRIMARY KEY, number text NOT NULL, name text NOT NULL, municipality text NOT NULL);
CREATE TABLE bare_outbox (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL);
"""


def create_app() -> Flask:
    """An application with one endpoint."""
    app, own = Flask("bare"), threading.local()
    url = database_url(SERVICE).replace("+psycopg", "")

    @app.post("/cases")
    def register() -> tuple[dict[str, Any], int]:
        if not hasattr(own, "connection"):
            own.connection = psycopg.connect(url)
        wish, case_id = request.get_json(), str(uuid.uuid4())
        with own.connection.transaction():
            own.connection.execute(
                "INSERT INTO bare_cases VALUES (%s, %s, %s, %s)",
                [case_id, wish["number"], wish["name"], wish["municipality"]],
            )
            own.connection.execute("INSERT INTO bare_outbox (body) VALUES (%s)", [request.get_data(as_text=True)])
        return {"case_id": case_id, "state": "registered"}, 201

    return app
