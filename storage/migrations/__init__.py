"""How the tables came to be, step by step, and the way from an older step to the newest."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

REVISIONS = ("0001", "0002", "0003")
"""Every step, oldest first. Kept by hand so that a start that has nothing to migrate need not load Alembic."""

NEWEST = REVISIONS[-1]


async def stamp(connection: AsyncConnection) -> str | None:
    """The step at which the database stands; None for one that is still empty."""
    return await connection.run_sync(_stamp)


def upgrade(connection: Connection) -> None:
    """The database stands at the newest step. All within the transaction of the caller."""
    from alembic import command  # a third of a second, which only a start with a migration has to spend
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    command.upgrade(settings, "head")


def _stamp(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return found
