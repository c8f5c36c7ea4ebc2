"""Alembic's entry: the kernel knows how."""

from messaging.migrate import run_env

run_env()
