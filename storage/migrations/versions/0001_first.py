"""The tables as the first version made them. Steps are never changed afterwards: a later one adds to them."""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, SmallInteger, Text, text

from storage.dialect import forbid_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_tickets()
    _make_letters()
    _make_the_rest()
    forbid_changes(op.get_bind(), "history")
    op.get_bind().execute(
        text("INSERT INTO instance (id, epoch, opened_at, head_seq, head_seal) VALUES (1, 0, 0, 0, :first)"),
        {"first": "0" * 64},
    )


def _make_tickets() -> None:
    op.create_table(
        "tickets",
        Column("id", _number(), primary_key=True, autoincrement=False),
        Column("kind", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("is_open", SmallInteger, nullable=False),
        Column("requester", Text, nullable=False),
        Column("team", Text, nullable=False),
        Column("holder", Text),
        Column("service", Text, nullable=False),
        Column("priority", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("created_at", BigInteger, nullable=False),
        Column("wake_at", BigInteger),
        Column("due_response", BigInteger),
        Column("due_update", BigInteger),
        Column("due_resolution", BigInteger),
        Column("promised", SmallInteger, nullable=False),
        Column("body", Text, nullable=False),
    )
    op.create_index("tickets_of_holder", "tickets", ["holder", "id"], **_where("holder IS NOT NULL"))
    op.create_index("tickets_of_requester", "tickets", ["requester", "id"])
    op.create_index("tickets_of_team", "tickets", ["team", "id"])
    op.create_index("tickets_open", "tickets", ["priority", "id"], **_where("is_open = 1"))
    op.create_index("tickets_open_of_holder", "tickets", ["holder", "priority", "id"], **_where("is_open = 1"))
    op.create_index("tickets_open_of_team", "tickets", ["team", "priority", "id"], **_where("is_open = 1"))
    op.create_index("tickets_wake", "tickets", ["wake_at", "id"], **_where("wake_at IS NOT NULL"))
    op.create_table(
        "history",
        Column("seq", _number(), primary_key=True, autoincrement=False),
        Column("ticket", _number(), ForeignKey("tickets.id"), nullable=False),
        Column("entry", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("by", Text, nullable=False),
        Column("name", Text, nullable=False),
        Column("facts", Text, nullable=False),
        Column("seal", Text, nullable=False),
    )
    op.create_index("history_at", "history", ["at"])
    op.create_index("history_of_ticket", "history", ["ticket", "entry"], unique=True)


def _make_letters() -> None:
    op.create_table(
        "outbox",
        Column("id", _number(), primary_key=True),
        Column("key", Text, nullable=False, unique=True),
        Column("address", Text, nullable=False),
        Column("turn", SmallInteger, nullable=False),
        Column("urgency", SmallInteger, nullable=False),
        Column("about", Text, nullable=False),
        Column("ticket", BigInteger),
        Column("state", Text, nullable=False),
        Column("next_at", BigInteger),
        Column("holds", SmallInteger, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("maybe_sent", SmallInteger, nullable=False),
        Column("epoch", BigInteger),
        Column("leased_at", BigInteger),
        Column("written_at", BigInteger, nullable=False),
        Column("settled_at", BigInteger),
        Column("message", Text),
        Column("reason", Text),
        Column("body", Text, nullable=False),
    )
    op.create_index("outbox_dead", "outbox", ["settled_at"], **_where("state = 'dead'"))
    op.create_index("outbox_later", "outbox", ["next_at"], **_where("next_at IS NOT NULL"))
    op.create_index("outbox_queue", "outbox", ["turn", "id", "next_at", "address"], **_where("state = 'queued'"))
    op.create_index("outbox_sending", "outbox", ["leased_at"], **_where("state = 'sending'"))
    op.create_table(
        "showings",
        Column("id", _number(), primary_key=True),
        Column("message", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("address", Text, nullable=False),
        Column("urgency", SmallInteger, nullable=False),
        Column("about", Text, nullable=False),
        Column("ticket", BigInteger),
        Column("wanted", Integer, nullable=False),
        Column("drawn", Integer, nullable=False),
        Column("drawn_hash", Text, nullable=False),
        Column("given_up", SmallInteger, nullable=False),
        Column("next_at", BigInteger),
        Column("attempts", Integer, nullable=False),
        Column("maybe_sent", SmallInteger, nullable=False),
        Column("epoch", BigInteger),
        Column("leased_at", BigInteger),
        Column("posted_at", BigInteger, nullable=False),
        Column("reason", Text),
        Column("body", Text, nullable=False),
    )
    op.create_index("showings_of_message", "showings", ["message", "key"], unique=True)
    op.create_index("showings_of_ticket", "showings", ["ticket"])
    op.create_index("showings_stale", "showings", ["id"], **_where("wanted > drawn AND given_up = 0"))
    op.create_table(
        "inbox",
        Column("id", _number(), primary_key=True),
        Column("key", Text, nullable=False, unique=True),
        Column("platform", Text, nullable=False),
        Column("lane", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("reason", Text),
        Column("body", Text, nullable=False),
    )
    op.create_index("inbox_aside", "inbox", ["id"], **_where("state = 'aside'"))
    op.create_index("inbox_new", "inbox", ["id"], **_where("state = 'new'"))


def _make_the_rest() -> None:
    op.create_table(
        "people",
        Column("person", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("language", Text, nullable=False),
        Column("zone", Text, nullable=False),
        Column("identities", Text, nullable=False),
        Column("addresses", Text, nullable=False),
    )
    op.create_table(
        "outages",
        Column("id", _number(), primary_key=True),
        Column("since", BigInteger, nullable=False),
        Column("until", BigInteger, nullable=False),
    )
    op.create_index("outages_until", "outages", ["until"])
    op.create_table(
        "digests",
        Column("team", Text, primary_key=True),
        Column("day", Text, primary_key=True),
    )
    op.create_table(
        "instance",
        Column("id", SmallInteger, primary_key=True, autoincrement=False),
        Column("epoch", BigInteger, nullable=False),
        Column("opened_at", BigInteger, nullable=False),
        Column("last_seen", BigInteger),
        Column("head_seq", BigInteger, nullable=False),
        Column("head_seal", Text, nullable=False),
    )
    op.create_table(
        "transcript",
        Column("seq", _number(), primary_key=True),
        Column("id", Text, nullable=False, unique=True),
        Column("version", BigInteger, nullable=False),
        Column("place", Text, nullable=False),
        Column("author", Text, nullable=False),
        Column("only", Text),
        Column("key", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("edited_at", BigInteger),
        Column("body", Text, nullable=False),
    )
    op.create_index("transcript_of_place", "transcript", ["place", "seq"])
    op.create_index("transcript_version", "transcript", ["version"], unique=True)


def _number() -> Any:
    return BigInteger().with_variant(Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
