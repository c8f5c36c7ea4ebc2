"""Runs notifications' migrations."""

from messaging.migrate import run_env

run_env()
