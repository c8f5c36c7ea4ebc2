"""Brings a service's database to the newest version, or back, with Alembic."""

from importlib.resources import files

from alembic import command, context
from alembic.config import Config
from sqlalchemy import create_engine, pool, text

from messaging.settings import sqlalchemy_url

_LOCK = 7_003_001
"""Key of the advisory lock that lets one migration run at a time."""


def upgrade(url: str, package: str, revision: str = "head") -> None:
    """Apply the migrations of `package` (as `services.scheduling`) up to `revision`."""
    command.upgrade(_config(url, package), revision)


def downgrade(url: str, package: str, revision: str) -> None:
    """Undo the migrations of `package` down to `revision` (`base` takes everything away)."""
    command.downgrade(_config(url, package), revision)


def run_env() -> None:
    """What a service's `env.py` runs: one transaction, one migration at a time."""
    engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "", poolclass=pool.NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


def _config(url: str, package: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(files(package) / "storage" / "migrations"))
    config.set_main_option("sqlalchemy.url", sqlalchemy_url(url).replace("%", "%%"))
    return config
