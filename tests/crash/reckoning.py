"""What is on the disk and what came to the street, held against what people were promised."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from storage.engine import open_to_read
from tests.crash.faulty_street import DELIVERED_UNHEARD, Delivery
from tests.crash.people import Deed, Town

Row = sqlite3.Row

WORK = {"acknowledge", "start", "take", "rate", "right", "nudge", "drop"}
"""Presses that are a change by themselves."""

EVENT_OF = {
    "acknowledge": "acknowledged",
    "start": "moved",
    "take": "assigned",
    "rate": "rated",
    "right": "confirmed",
    "nudge": "nudged",
    "drop": "moved",
}
MOVED_BY = {"start": "start", "drop": "cancel"}
"""The verb in the history, of presses that move."""

ON_THE_WAY = timedelta(seconds=2)
"""A page that was drawn before somebody acknowledged may arrive so much later on a busy machine, not more."""


@dataclass(slots=True)
class Reckoning:
    """The counts of one run; `wrongs` says in words whatever must not be."""

    seed: int = 0
    kills: int = 0
    kills_at_fail_points: int = 0
    starts: int = 0
    requests: int = 0
    """Sent by people, with those sent again."""
    accepted: int = 0
    """Answered with a 200."""
    tickets: int = 0
    changes: int = 0
    """Lines of the history."""
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    letters: int = 0
    moot: int = 0
    posts: int = 0
    edits: int = 0
    lookups: int = 0
    ambiguous: int = 0
    """Posts that were delivered without the desk hearing of it, by a fault of the street."""
    repeats_marked: int = 0
    repeats_unmarked: int = 0
    digests: int = 0
    wrongs: list[str] = field(default_factory=list)

    def add(self, other: Reckoning) -> None:
        """The counts of another run come to these."""
        for one in fields(self):
            if one.name not in ("wrongs", "seed"):
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        self.wrongs += other.wrongs

    def line(self) -> str:
        """The counts in one line."""
        return ", ".join(f"{name} {value}" for name, value in asdict(self).items() if name != "wrongs")


async def reckon(town: Town, database: Path) -> Reckoning:
    """The desk does not run, and all that it had to do is done."""
    file = await open_to_read(database)
    try:
        verdict = await file.verify_history()
    finally:
        await file.close()
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        books = Books(connection)
    found = Reckoning(requests=town.requests, accepted=len(town.accepted))
    if verdict.broken is not None:
        found.wrongs.append(f"the history is broken: {verdict.broken}")
    _Reckoner(books, town, found).reckon()
    return found


ARRIVALS, LETTERS, EDITS, OPEN = "arrivals", "letters", "edits", "open tickets"

_LEFT = {
    ARRIVALS: "SELECT count(*) FROM inbox WHERE state = 'new'",
    LETTERS: "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')",
    EDITS: "SELECT count(*) FROM showings WHERE wanted > drawn AND given_up = 0",
    OPEN: "SELECT count(*) FROM tickets WHERE is_open = 1",
}


def unfinished(database: Path, but: Sequence[str] = ()) -> list[str]:
    """What the desk still has to do, in words; it may be running."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        found = {what: connection.execute(ask).fetchone()[0] for what, ask in _LEFT.items() if what not in but}
    return [f"{count} {what}" for what, count in found.items() if count]


def open_tickets(database: Path) -> list[int]:
    """The numbers of those that somebody still has to do something about; the desk may be running."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM tickets WHERE is_open = 1")]


class Books:
    """All rows that matter, read at one moment."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN")
        self.inbox = {row["key"]: row for row in connection.execute("SELECT * FROM inbox ORDER BY id")}
        self.tickets = {row["id"]: row for row in connection.execute("SELECT * FROM tickets")}
        self.history = connection.execute("SELECT * FROM history ORDER BY seq").fetchall()
        self.outbox = connection.execute("SELECT * FROM outbox ORDER BY id").fetchall()
        self.showings = connection.execute("SELECT * FROM showings").fetchall()
        self.transcript = [row["key"] for row in connection.execute("SELECT key FROM transcript")]
        self.digests = connection.execute("SELECT team, day FROM digests").fetchall()
        self.by_key = {row["key"]: row for row in self.outbox}

    def is_refused(self, key: str) -> bool:
        """The desk answered this arrival with a no."""
        answer = self.by_key.get(f"answer:{key}:0")
        if answer is None:
            return False
        card = json.loads(json.loads(answer["body"])["facts"]["card"])
        return bool(card["tone"] == "warn")


class _Reckoner:
    def __init__(self, books: Books, town: Town, found: Reckoning) -> None:
        self._books = books
        self._town = town
        self._street = town.street
        self._found = found

    def reckon(self) -> None:
        for check in (
            self._everything_accepted_was_handled,
            self._every_word_is_said_once,
            self._every_press_counts_once,
            self._tickets_are_whole,
            self._nothing_was_recorded_twice,
            self._nobody_is_called_after_an_acknowledgement,
            self._every_letter_arrived,
            self._what_stands_is_up_to_date,
            self._addresses_keep_their_order,
            self._repeats_have_a_reason,
            self._one_digest_a_day,
        ):
            check()
        self._count()

    def _wrong(self, what: str) -> None:
        self._found.wrongs.append(what)

    def _lost(self, what: str) -> None:
        self._found.lost += 1
        self._wrong(f"lost: {what}")

    def _doubled(self, what: str) -> None:
        self._found.doubled += 1
        self._wrong(f"twice: {what}")

    # --- what people did ---------------------------------------------------------------------------------------------

    def _everything_accepted_was_handled(self) -> None:
        for key, deed in self._town.accepted.items():
            row = self._books.inbox.get(key)
            if row is None or row["state"] != "done":
                self._lost(f"{key} {deed}: {'not kept' if row is None else row['state']}")
        for key, row in self._books.inbox.items():
            if row["state"] != "done":
                self._wrong(f"{key} is {row['state']}: {row['reason']}")
        for key, times in Counter(self._books.transcript).items():
            if times > 1:
                self._doubled(f"said {key}")

    def _every_word_is_said_once(self) -> None:
        """A ticket, a comment or a solution for each deed that brought words, unless it was refused."""
        said = [(row["ticket"], row["name"], json.loads(row["facts"])) for row in self._books.history]
        words = [(ticket, f"{facts.get('words', '')} {facts.get('why', '')}") for ticket, _, facts in said]
        for key, deed in self._town.accepted.items():
            word = _word_in(deed)
            if word is None:
                continue
            times = sum(word in text for _, text in words)
            if times > 1:
                self._doubled(f"{word} of {key}")
            elif times == 0 and (word in self._town.raised or not self._books.is_refused(key)):
                self._lost(f"{word} of {key}")
            elif times == 1 and self._books.is_refused(key):
                self._wrong(f"{key} was done and refused")
        raised = Counter(facts["words"] for _, name, facts in said if name == "raised")
        for text, times in raised.items():
            if times > 1:
                self._doubled(f"ticket for {text!r}")
        if len(raised) != len(self._books.tickets):
            self._wrong(f"{len(raised)} tickets were raised and there are {len(self._books.tickets)}")

    def _every_press_counts_once(self) -> None:
        """As many changes by that person as presses that were not refused."""
        pressed: Counter[tuple[str, int, str]] = Counter()
        for key, row in self._books.inbox.items():
            body = json.loads(row["body"])
            verb, _, rest = body.get("wish", "").partition(":")
            if body["what"] == "pressed" and verb in WORK and not self._books.is_refused(key):
                pressed[verb, int(rest.partition(":")[0]), body["person"]] += 1
        happened: Counter[tuple[str, int, str]] = Counter()
        for row in self._books.history:
            facts = json.loads(row["facts"])
            happened[row["name"], row["ticket"], row["by"]] += 1
            if row["name"] == "moved":
                happened[f"moved by {facts['verb']}", row["ticket"], row["by"]] += 1
        for (verb, ticket, person), presses in pressed.items():
            name = f"moved by {MOVED_BY[verb]}" if verb in MOVED_BY else EVENT_OF[verb]
            times = happened[name, ticket, person]
            if times < presses:
                self._lost(f"{presses - times} of {presses} {verb}:{ticket} by {person}")
            if times > presses and verb in ("start", "rate", "right", "nudge"):
                self._doubled(f"{verb}:{ticket} by {person}: {times} for {presses}")

    # --- what is on record -------------------------------------------------------------------------------------------

    def _tickets_are_whole(self) -> None:
        lines: defaultdict[int, list[int]] = defaultdict(list)
        for row in self._books.history:
            lines[row["ticket"]].append(row["entry"])
        if sorted(self._books.tickets) != list(range(1, len(self._books.tickets) + 1)):
            self._wrong("numbers are missing")
        for number, row in self._books.tickets.items():
            entries = json.loads(row["body"])["entries"]
            if lines[number] != list(range(1, entries + 1)) or not 1 <= row["version"] <= entries:
                self._wrong(f"ticket {number}: version {row['version']}, entries {entries}, lines {lines[number]}")

    def _nothing_was_recorded_twice(self) -> None:
        """Time does each thing once: a warning and a breach for each promise, one call for each moment; and a ticket
        that nobody reopens is acknowledged and rated once."""
        seen: Counter[tuple[object, ...]] = Counter()
        for row in self._books.history:
            facts = json.loads(row["facts"])
            match row["name"]:
                case "warned" | "broken":
                    seen[row["ticket"], row["name"], facts["clock"], facts["cycle"]] += 1
                case "called":
                    seen[row["ticket"], "called", facts["level"], facts["due"]] += 1
                    seen[row["ticket"], "called", facts["round"]] += 1
                case "raised" | "acknowledged" | "rated" | "confirmed":
                    seen[row["ticket"], row["name"]] += 1
        for what, times in seen.items():
            if times > 1:
                self._doubled(f"{what} in the history")

    def _nobody_is_called_after_an_acknowledgement(self) -> None:
        since: dict[int, datetime] = {}
        for row in self._books.history:
            if row["name"] == "acknowledged":
                since[row["ticket"]] = _moment(row["at"])
            elif row["name"] == "called" and row["ticket"] in since:
                self._wrong(f"ticket {row['ticket']} calls after its acknowledgement")
        for row in self._books.outbox:
            acknowledged = since.get(row["ticket"])
            if row["about"] not in ("page", "channel_call") or acknowledged is None:
                continue
            for one in self._street.by_key.get(row["key"], ()):
                if one.asked_at > acknowledged + ON_THE_WAY:
                    self._wrong(f"{row['key']} was paged {one.asked_at - acknowledged} after the acknowledgement")

    def _one_digest_a_day(self) -> None:
        letters = [row for row in self._books.outbox if row["about"] == "digest"]
        self._found.digests = len(letters)
        days = {(row["team"], row["day"]) for row in self._books.digests}
        for row in letters:
            _, team, day = row["key"].split(":")
            if (team, day) not in days:
                self._wrong(f"{row['key']} was written and not marked")

    # --- what came to the street -------------------------------------------------------------------------------------

    def _every_letter_arrived(self) -> None:
        for row in self._books.outbox:
            match row["state"]:
                case "moot":
                    self._found.moot += 1
                    if row["about"] not in MAY_BE_MOOT:
                        self._wrong(f"{row['key']} was not worth saying")
                case "sent":
                    if not self._arrived(row):
                        self._lost(f"the letter {row['key']}")
                case state:
                    self._wrong(f"the letter {row['key']} is {state}: {row['reason']}")
        for trouble in self._street.troubles:
            self._wrong(f"the street does not understand: {trouble}")

    def _arrived(self, row: Row) -> bool:
        if row["key"] in self._street.by_key:
            return True
        message = row["message"] or ""
        return message.startswith("m") and self._message(message).place == _place(row)

    def _message(self, name: str) -> Delivery:
        return self._street.deliveries[int(name.removeprefix("m")) - 1]

    def _what_stands_is_up_to_date(self) -> None:
        for row in self._books.showings:
            if row["given_up"] or row["wanted"] > row["drawn"]:
                self._wrong(f"{row['key']} shows {row['drawn']} of {row['wanted']}: {row['reason']}")

    def _addresses_keep_their_order(self) -> None:
        """At each address pages come in the order written, and so does all else; a bundle stands where its first letter
        would."""
        last: dict[tuple[str, int], tuple[int, str]] = {}
        for row in self._books.outbox:
            if row["state"] != "sent":
                continue
            first = self._first(row)
            if first is None:
                continue
            queue = row["address"], row["turn"]
            before = last.get(queue, (0, ""))
            if first.seq < before[0]:
                self._found.out_of_order += 1
                self._wrong(f"{row['key']} (m{first.seq}) came to {row['address']} before {before[1]} (m{before[0]})")
            last[queue] = max(before, (first.seq, row["key"]))

    def _first(self, row: Row) -> Delivery | None:
        """The message that said it first."""
        return min(self._all_of(row), key=lambda one: one.seq, default=None)

    def _all_of(self, row: Row) -> list[Delivery]:
        """Every message that said it: with its own key, and the bundle that the desk knows it in."""
        found = list(self._street.by_key.get(row["key"], ()))
        if row["message"] and self._message(row["message"]) not in found:
            found.append(self._message(row["message"]))
        return found

    def _repeats_have_a_reason(self) -> None:
        """A message comes twice only when the desk could not know that it had come: not told so, or killed."""
        said = {row["key"]: self._all_of(row) for row in self._books.outbox if row["state"] == "sent"}
        for key, all_of_it in {**self._street.by_key, **said}.items():
            as_sent = sorted(all_of_it, key=lambda one: one.asked_at)  # a late one may arrive after its own repeat
            for before, again in pairwise(as_sent):
                if again.repeat:
                    self._found.repeats_marked += 1
                else:
                    self._found.repeats_unmarked += 1
                    self._wrong(f"{key} came again without a mark")
                if before.fault not in DELIVERED_UNHEARD and before.life == again.life:
                    self._doubled(f"{key} on the street, for no reason")

    def _count(self) -> None:
        found, street = self._found, self._street
        found.tickets = len(self._books.tickets)
        found.changes = len(self._books.history)
        found.letters = len(self._books.outbox)
        found.posts = len(street.deliveries)
        found.edits = street.edits
        found.lookups = street.finds
        found.ambiguous = sum(one.fault in DELIVERED_UNHEARD for one in street.deliveries)


MAY_BE_MOOT = {"page", "channel_call", "warning", "done", "question", "nudged", "reopened", "assigned"}
"""What need not be said any more when time has overtaken it."""


def assert_well(found: Reckoning, log: str) -> None:
    """Nothing is wrong, and the desk complained of nothing but the street."""
    complaints = [line for line in log.splitlines() if _is_complaint(line)]
    shown = [*found.wrongs[:20], *complaints[:10]]
    assert not shown, "\n".join([found.line(), f"{len(found.wrongs)} wrongs, {len(complaints)} complaints", *shown])


def _is_complaint(line: str) -> bool:
    return '"level": "error"' in line or '"level": "critical"' in line or line.startswith("Traceback")


def _word_in(deed: Deed) -> str | None:
    """The word that only this deed says."""
    texts: Iterator[str] = iter([deed.get("text", ""), *deed.get("answers", {}).values()])
    found = [part for text in texts for part in text.replace("：", " ").replace("！", " ").split() if "zqx" in part]
    return found[0] if found else None


def _place(row: Row) -> str:
    return str(row["address"]).partition(":")[2]


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
