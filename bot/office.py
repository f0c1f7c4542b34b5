"""What one reads in the files without the desk: tickets, history, dead letters, and how words would be read."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.app import catalogue
from bot.classifier import classify as read_words
from bot.classifier.as_json import NotAMessage, as_fields, classified_line
from bot.domain.judging import moved_deadlines, promises_of
from bot.domain.rules import Rules
from bot.domain.sla import Clock
from bot.house_rules import BadRules, check, load
from bot.services.ports import Filed, Unit
from bot.settings import Settings, read_settings
from handlers.phrasing import number_alone
from storage.engine import SqlReading, open_store, open_to_read
from storage.errors import StorageError

Row = dict[str, Any]


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)


def complain(why: str) -> None:
    """To the one at the keyboard."""
    print(why, file=sys.stderr)


def settings_or_exit() -> Settings:
    """What is configured. Ends the command with every mistake named."""
    try:
        return read_settings()
    except ValueError as mistakes:
        complain(str(mistakes))
        raise SystemExit(1) from None


def rules_or_exit(folder: Path | None) -> Rules:
    """The policy. Ends the command with every mistake named, by file and line."""
    try:
        return load(folder, now=now())
    except BadRules as bad:
        complain(str(bad))
        raise SystemExit(1) from None


def check_rules(folder: Path | None) -> int:
    """Prints what is wrong with the policy; 1 when anything is."""
    found = check(folder or settings_or_exit().rules, now=now())
    for one in found:
        print(one)
    mistakes = sum(not one.warning for one in found)
    print(f"Mistakes: {mistakes}. Warnings: {len(found) - mistakes}.")
    return 1 if mistakes else 0


@asynccontextmanager
async def reading() -> AsyncIterator[tuple[SqlReading, Settings]]:
    """The database, only read, beside a desk that may be running."""
    settings = settings_or_exit()
    try:
        file = await open_to_read(settings.database)
    except StorageError as trouble:
        complain(str(trouble))
        raise SystemExit(1) from None
    try:
        yield file, settings
    finally:
        await file.close()


async def list_tickets(*, only_open: bool, limit: int) -> list[Row]:
    """The tickets as rows, the most urgent first."""
    async with reading() as (file, _):
        return [ticket_row(one) for one in await file.reads.tickets(only_open=only_open, limit=limit)]


async def show_ticket(ref: str) -> Row | None:
    """One ticket with its promises and its history; None when there is none of that name."""
    number = number_alone(ref)
    if number is None:
        return None
    async with reading() as (file, settings):
        filed = await file.reads.ticket(number)
        if filed is None:
            return None
        rules = rules_or_exit(settings.rules)
        history = await file.reads.history(filed.ticket.id)
        return ticket_row(filed) | {
            "promises": [promise_row(one) for one in promises_of(filed.ticket, rules, now())],
            "history": [
                {"entry": line.entry, "at": written(line.at), "by": line.by, "what": line.name}
                | {"facts": {name: _plain(value) for name, value in line.facts.items()}, "seal": line.seal}
                for line in history
            ],
        }


async def verify_history() -> tuple[str | None, int, str]:
    """The first broken link in words, or None; how many lines are whole; the last seal of them."""
    async with reading() as (file, _):
        verdict = await file.verify_history()
    if verdict.broken is None:
        return None, verdict.lines, verdict.seal
    broken = verdict.broken
    where = f", entry {broken.entry} of ticket {broken.ticket}" if broken.ticket is not None else ""
    what = broken.fault.replace("_", " ")
    return f"The chain is broken at line {broken.seq}{where}: {what}.", verdict.lines, verdict.seal


async def differing_deadlines() -> tuple[list[str], int]:
    """Open tickets whose deadlines, worked out from their own marks, are not those written down; and how many were
    looked at. Those that wait for the desk to start under new rules differ too."""
    from rich.console import Console  # eight megabytes that a running desk has no use for
    from rich.progress import Progress

    async with reading() as (file, settings):
        rules = rules_or_exit(settings.rules)
        found = await file.reads.tickets(only_open=True, limit=10_000_000)
        moment = now()
        with Progress(console=Console(stderr=True), transient=True) as progress:
            looked = progress.track(found, description="Recomputing")
            differing = [line for one in looked for line in _differences(one, rules, moment)]
        return differing, len(found)


def _differences(filed: Filed, rules: Rules, moment: datetime) -> Iterator[str]:
    dues = filed.dues
    written_down = {Clock.RESPONSE: dues.response, Clock.UPDATE: dues.update, Clock.RESOLUTION: dues.resolution}
    for one in moved_deadlines(filed.ticket, written_down, rules, moment):
        yield f"{filed.ticket.ref}: {one.clock} is written as {written(one.was)} and comes out as {written(one.now)}"


async def dead_letters() -> list[Row]:
    """The letters that were given up."""
    async with reading() as (file, _):
        return [
            {
                "id": one.id,
                "to": one.to,
                "about": one.about,
                "ticket": one.ticket,
                "attempts": one.attempts,
                "reason": one.reason,
                "written_at": written(one.written_at),
                "died_at": written(one.died_at),
            }
            for one in await file.reads.dead_letters()
        ]


async def replay_letters(ids: Iterable[int]) -> int:
    """They wait in the outbox again; how many did."""
    settings = settings_or_exit()
    try:
        store = await open_store(settings.database, now=now())
    except StorageError as trouble:
        complain(str(trouble))
        raise SystemExit(1) from None
    try:
        async with store.transaction() as unit:
            return await _replay(unit, list(ids))
    finally:
        await store.close()


async def _replay(unit: Unit, ids: list[int]) -> int:
    return await unit.replay(ids, now())


def read_text(text: str) -> Mapping[str, object]:
    """How the desk would read these words."""
    return as_fields(read_words(text, context=catalogue(rules_or_exit(settings_or_exit().rules))))


def read_lines(lines: Iterable[str]) -> Iterator[str]:
    """One JSON answer for each JSON line; a line that cannot be read is answered with what is wrong with it."""
    context = catalogue(rules_or_exit(settings_or_exit().rules))
    for line in filter(str.strip, lines):
        try:
            yield classified_line(line, context=context)
        except NotAMessage as trouble:
            yield json.dumps({"error": str(trouble)}, ensure_ascii=False)


def ticket_row(filed: Filed) -> Row:
    """A ticket as JSON: what is stored, nothing worked out."""
    ticket = filed.ticket
    return {
        "ref": ticket.ref,
        "kind": ticket.kind,
        "status": ticket.status,
        "priority": ticket.priority,
        "impact": ticket.impact,
        "urgency": ticket.urgency,
        "override": None
        if ticket.override is None
        else {"by": ticket.override.by, "why": ticket.override.why, "priority": ticket.override.priority},
        "service": ticket.service,
        "team": ticket.team,
        "requester": ticket.requester,
        "holder": ticket.holder,
        "words": ticket.words,
        "language": ticket.language,
        "confirmed": ticket.confirmed,
        "created_at": written(ticket.created_at),
        "acknowledged_by": ticket.acknowledged_by,
        "acknowledged_at": written(ticket.acknowledged_at),
        "called": list(ticket.called),
        "waiting_for": ticket.waiting_for,
        "solution": ticket.solution,
        "done_at": written(ticket.done_at),
        "over_at": written(ticket.over_at),
        "rating": ticket.rating,
        "cycle": ticket.cycle,
        "sequel_of": ticket.sequel_of,
        "version": ticket.version,
        "rules_version": ticket.rules_version,
        "wake_at": written(filed.wake_at),
        "due": {
            "response": written(filed.dues.response),
            "update": written(filed.dues.update),
            "resolution": written(filed.dues.resolution),
        },
    }


def promise_row(promise: Any) -> Row:
    """A promise as JSON; durations in seconds of working time."""
    return {
        "clock": promise.clock,
        "cycle": promise.cycle,
        "state": promise.state,
        "due": written(promise.due),
        "used_s": promise.used.total_seconds(),
        "budget_s": promise.budget.total_seconds(),
        "left_s": None if promise.left is None else promise.left.total_seconds(),
        "done_at": written(promise.done_at),
        "broken_at": written(promise.broken_at),
    }


def _plain(value: object) -> object:
    return written(value) if isinstance(value, datetime) else value


def written(moment: datetime | None) -> str | None:
    """A moment as JSON has it: UTC, ending in Z."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
