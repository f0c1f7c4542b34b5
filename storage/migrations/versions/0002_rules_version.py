"""Open tickets whose deadlines were worked out under other rules can be found without reading them all."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", Column("rules_version", Text, nullable=False, server_default=""))
    is_open = text("is_open = 1")
    op.create_index("tickets_rules", "tickets", ["rules_version", "id"], sqlite_where=is_open, postgresql_where=is_open)
