"""What a kind of ticket is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.ids import Status


@dataclass(frozen=True, slots=True)
class Move:
    """From any of `sources` to `to`. `needs` names what the command must bring along."""

    sources: frozenset[Status]
    to: Status
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ticket. Buttons, help and the diagram in the docs are drawn from `moves`."""

    code: str
    prefix: str
    done: Status
    moves: Mapping[str, Move]
    pausing: frozenset[Status]
    """Statuses in which the clocks that can pause do so."""
    only: frozenset[str] = frozenset()
    """The verbs there are for it; empty: all of them."""

    def may_move(self, verb: str, status: Status) -> bool:
        """Whether the table has this move from this status."""
        move = self.moves.get(verb)
        return move is not None and status in move.sources
