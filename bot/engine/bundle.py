"""Several letters in one message, when there are too many for one message each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile

from bot.domain.ids import TicketId
from bot.services.ports import Letter, Outgoing

MOST = 30
"""Letters in one message; more lines nobody reads, and platforms clip."""

FEW = 3
"""So many are still read one by one."""

_FACT = "bundled"
_CLIP_CHARS = 400
"""A line of a bundle needs no more of a fact, and every showing of a bundle remembers the facts of all of it."""

MayBundle = Callable[[Outgoing], bool]


def head(waiting: Sequence[Outgoing], *, tokens: int, may_bundle: MayBundle) -> tuple[Outgoing, ...]:
    """What goes next of those that wait in this order: the first, or as many from the first on as fit one message
    if there are more than a few or more than could go one by one. What went together in a try with an unknown
    outcome goes together again, so that it can be looked for."""
    first = waiting[0]
    if not may_bundle(first):
        return (first,)
    run = tuple(takewhile(lambda one: may_bundle(one) and _go_together(first, one), waiting[:MOST]))
    return run if first.maybe_sent or len(run) > min(FEW, tokens) else (first,)


def key_of(outgoings: Sequence[Outgoing]) -> str:
    """The key of the message that carries these letters: the letter's own, or one that only these together have."""
    if len(outgoings) == 1:
        return outgoings[0].letter.key
    keys = "\n".join(outgoing.letter.key for outgoing in outgoings)
    return f"bundle:{hashlib.blake2b(keys.encode(), digest_size=16).hexdigest()}"


def remembering(outgoings: Sequence[Outgoing]) -> list[Outgoing]:
    """The same, each knowing with which others it shares its message: an edit has to draw them all."""
    if len(outgoings) == 1:
        return list(outgoings)
    others = json.dumps([_line(outgoing.letter) for outgoing in outgoings])
    return [_with_facts(one, {**one.letter.facts, _FACT: others}) for one in outgoings]


def sharing(outgoing: Outgoing) -> list[Outgoing]:
    """All that stands in the message of this showing."""
    facts = dict(outgoing.letter.facts)
    others = facts.pop(_FACT, None)
    if others is None:
        return [outgoing]
    return [_from_line(_with_facts(outgoing, facts), about, ticket, said) for about, ticket, said in json.loads(others)]


def _go_together(one: Outgoing, other: Outgoing) -> bool:
    return one.letter.reader == other.letter.reader and one.maybe_sent == other.maybe_sent


def _line(letter: Letter) -> tuple[str, int | None, dict[str, str]]:
    return letter.about, letter.ticket, {name: value[:_CLIP_CHARS] for name, value in letter.facts.items()}


def _from_line(like: Outgoing, about: str, ticket: int | None, facts: dict[str, str]) -> Outgoing:
    number = None if ticket is None else TicketId(ticket)
    return replace(like, letter=replace(like.letter, about=about, ticket=number, facts=facts))


def _with_facts(outgoing: Outgoing, facts: dict[str, str]) -> Outgoing:
    return replace(outgoing, letter=replace(outgoing.letter, facts=facts))
