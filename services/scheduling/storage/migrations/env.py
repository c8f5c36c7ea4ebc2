"""Alembic's way in."""

from messaging.migrate import run_env

run_env()
