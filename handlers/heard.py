"""What somebody wrote, and which ticket it is about, as far as the words themselves say."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.ids import TicketId


@dataclass(frozen=True, slots=True)
class Heard:
    """`text` is everything, fit to be stored; `rest` is what stands behind a ticket number or a command."""

    text: str
    rest: str
    ticket: TicketId | None = None
    named: bool = False
    """The number was written, not only replied to."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a button or a form says: `verb:ticket:argument`; for wishes without a ticket all of it is argument."""

    verb: str
    ticket: TicketId | None
    argument: str


def wish_from(written: str) -> Wish:
    """Never raises: a forged wish is one that nobody knows."""
    verb, _, subject = written.partition(":")
    head, _, tail = subject.partition(":")
    if head.isascii() and head.isdigit() and len(head) <= 9:
        return Wish(verb, TicketId(int(head)), tail)
    return Wish(verb, None, subject)
