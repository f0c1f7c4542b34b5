"""The tables: what the desk remembers, in words that SQLite and PostgreSQL both understand.

Moments are whole milliseconds since 1970 in UTC; yes and no are 1 and 0."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

metadata = MetaData()

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A key that counts itself: only INTEGER does so in SQLite."""

QUEUED = "queued"
SENDING = "sending"
SENT = "sent"
MOOT = "moot"
DEAD = "dead"

NEW = "new"
DONE = "done"
ASIDE = "aside"

THE_ONE = 1
"""The key of the only row of `instance`."""


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


tickets = Table(
    "tickets",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
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
    Column("rules_version", Text, nullable=False, server_default=""),
    Index("tickets_rules", "rules_version", "id", **_where("is_open = 1")),
    Index("tickets_wake", "wake_at", "id", **_where("wake_at IS NOT NULL")),
    Index("tickets_open", "priority", "id", **_where("is_open = 1")),
    Index("tickets_open_of_team", "team", "priority", "id", **_where("is_open = 1")),
    Index("tickets_open_of_holder", "holder", "priority", "id", **_where("is_open = 1")),
    Index("tickets_open_by_number", "id", **_where("is_open = 1")),
    Index("tickets_asleep", "id", **_where("is_open = 1 AND wake_at IS NULL")),
    Index("tickets_of_team", "team", "id"),
    Index("tickets_of_requester", "requester", "id"),
    Index("tickets_of_holder", "holder", "id", **_where("holder IS NOT NULL")),
)
"""What is asked for is a column, all else is in `body`. `promised` remembers which clocks ever ran."""

history = Table(
    "history",
    metadata,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("ticket", NUMBER, ForeignKey("tickets.id"), nullable=False),
    Column("entry", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("seal", Text, nullable=False),
    Index("history_of_ticket", "ticket", "entry", unique=True),
    Index("history_at", "at"),
)
"""Append-only, and chained over all tickets: `storage.history`."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", NUMBER, primary_key=True),
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
    Index("outbox_queue", "turn", "id", "next_at", "address", **_where("state = 'queued'")),
    Index("outbox_later", "next_at", **_where("next_at IS NOT NULL")),
    Index("outbox_sending", "leased_at", **_where("state = 'sending'")),
    Index("outbox_dead", "settled_at", **_where("state = 'dead'")),
)
"""`turn` is 0 for pages and 1 for the others. `next_at` is set while a queued letter has to wait, and `holds`
says then whether it was postponed and keeps back those written after it. `epoch` and `leased_at` say who is
sending it since when."""

showings = Table(
    "showings",
    metadata,
    Column("id", NUMBER, primary_key=True),
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
    Index("showings_of_message", "message", "key", unique=True),
    Index("showings_of_ticket", "ticket"),
    Index("showings_stale", "id", **_where("wanted > drawn AND given_up = 0")),
)
"""Messages that stand in a chat and follow their ticket: `wanted` and `drawn` are versions of it."""

inbox = Table(
    "inbox",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("platform", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("reason", Text),
    Column("body", Text, nullable=False),
    Index("inbox_new", "id", **_where("state = 'new'")),
    Index("inbox_aside", "id", **_where("state = 'aside'")),
)

people = Table(
    "people",
    metadata,
    Column("person", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("identities", Text, nullable=False),
    Column("addresses", Text, nullable=False),
)

outages = Table(
    "outages",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Index("outages_until", "until"),
)

digests = Table(
    "digests",
    metadata,
    Column("team", Text, primary_key=True),
    Column("day", Text, primary_key=True),
)
"""`day` is a local date as 2026-11-22, so that the greatest text is the last day."""

instance = Table(
    "instance",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("epoch", BigInteger, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("last_seen", BigInteger),
    Column("head_seq", BigInteger, nullable=False),
    Column("head_seal", Text, nullable=False),
)
"""One row: who opened the database last, until when the desk was seen alive, and where the history ends."""

transcript = Table(
    "transcript",
    metadata,
    Column("seq", NUMBER, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),
    Column("place", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("only", Text),
    Column("key", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("edited_at", BigInteger),
    Column("body", Text, nullable=False),
    Index("transcript_version", "version", unique=True),
    Index("transcript_of_place", "place", "seq"),
)
"""The messages of the local chat."""

covers = Table(
    "covers",
    metadata,
    Column("id", NUMBER, primary_key=True),
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
    Index("covers_ends", "ends"),
)
"""Exceptions to the rotas: asked for, agreed to, declined or taken back. Kept for ever: they say who was on call."""

link_codes = Table(
    "link_codes",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("code_hash", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Column("used_by", Text),
    Index("link_codes_person", "person"),
    Index("link_codes_hash", "code_hash"),
)

link_tries = Table(
    "link_tries",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("identity", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("link_tries_identity", "identity", "at"),
)
"""Wrong codes, so that nobody can guess for long."""

kept_policies = Table(
    "kept_policies",
    metadata,
    Column("key", Text, primary_key=True),
    Column("body", Text, nullable=False),
)
"""Escalation policies by name and version, as they were when some ticket began with them."""

once = Table(
    "once",
    metadata,
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""What happens once and never again: the drill of a month, for example."""

roads = Table(
    "roads",
    metadata,
    Column("road", Text, primary_key=True),
    Column("proved_at", BigInteger),
    Column("failed_at", BigInteger),
    Column("why", Text),
)
"""When each way in and out was last seen to work, and last seen to fail."""

cursors = Table(
    "cursors",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""How far each platform has been read."""

drafts = Table(
    "drafts",
    metadata,
    Column("identity", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)
"""Forms that somebody is filling in step by step."""

heard = Table(
    "heard",
    metadata,
    Column("message", Text, primary_key=True),
    Column("ticket", BigInteger, nullable=False),
    Column("entry", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("heard_ticket", "ticket"),
)
"""Messages of people, and which line of which ticket they became: who edits one edits the other."""

relocated = Table(
    "relocated",
    metadata,
    Column("was", Text, primary_key=True),
    Column("now", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""Places that have another address now."""
