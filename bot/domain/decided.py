"""What a decision leaves behind."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.events import AnyEvent
from bot.domain.ticket import Ticket

Step = tuple[Ticket, Sequence[AnyEvent]]
"""A ticket afterwards and what happened to it, in order."""
