"""Rotas have exceptions, people link their identities, roads are proved, platforms know how far they have read."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text, text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_people()
    _make_roads()
    is_open, asleep = text("is_open = 1"), text("is_open = 1 AND wake_at IS NULL")
    op.create_index("tickets_open_by_number", "tickets", ["id"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_index("tickets_asleep", "tickets", ["id"], sqlite_where=asleep, postgresql_where=asleep)


def _make_people() -> None:
    op.create_table(
        "covers",
        Column("id", _number(), primary_key=True),
        Column("rota", Text, nullable=False),
        Column("person", Text, nullable=False),
        Column("instead_of", Text),
        Column("starts", BigInteger, nullable=False),
        Column("ends", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("asked_by", Text, nullable=False),
        Column("asked_at", BigInteger, nullable=False),
        Column("settled_by", Text),
        Column("settled_at", BigInteger),
    )
    op.create_index("covers_ends", "covers", ["ends"])
    op.create_table(
        "link_codes",
        Column("id", _number(), primary_key=True),
        Column("code_hash", Text, nullable=False),
        Column("person", Text, nullable=False),
        Column("made_at", BigInteger, nullable=False),
        Column("expires_at", BigInteger, nullable=False),
        Column("used_at", BigInteger),
        Column("used_by", Text),
    )
    op.create_index("link_codes_person", "link_codes", ["person"])
    op.create_index("link_codes_hash", "link_codes", ["code_hash"])
    op.create_table(
        "link_tries",
        Column("id", _number(), primary_key=True),
        Column("identity", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
    )
    op.create_index("link_tries_identity", "link_tries", ["identity", "at"])
    op.create_table("kept_policies", Column("key", Text, primary_key=True), Column("body", Text, nullable=False))
    op.create_table("once", Column("key", Text, primary_key=True), Column("at", BigInteger, nullable=False))


def _make_roads() -> None:
    op.create_table(
        "roads",
        Column("road", Text, primary_key=True),
        Column("proved_at", BigInteger),
        Column("failed_at", BigInteger),
        Column("why", Text),
    )
    op.create_table(
        "cursors",
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
    )
    op.create_table(
        "drafts",
        Column("identity", Text, primary_key=True),
        Column("place", Text, primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_table(
        "heard",
        Column("message", Text, primary_key=True),
        Column("ticket", BigInteger, nullable=False),
        Column("entry", Integer, nullable=False),
        Column("author", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
    )
    op.create_index("heard_ticket", "heard", ["ticket"])
    op.create_table(
        "relocated",
        Column("was", Text, primary_key=True),
        Column("now", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
    )


def _number() -> Any:
    return BigInteger().with_variant(Integer(), "sqlite")
