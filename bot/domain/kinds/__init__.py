"""Every kind of ticket is a value: its moves, what pauses it, what must be known before a move."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.kinds.drill import DRILL
from bot.domain.kinds.incident import INCIDENT
from bot.domain.kinds.kind import Kind, Move
from bot.domain.kinds.request import REQUEST

KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in (INCIDENT, REQUEST)})
"""What people can ask for."""

EVERY_KIND: Mapping[str, Kind] = MappingProxyType({**KINDS, DRILL.code: DRILL})

__all__ = ["DRILL", "EVERY_KIND", "INCIDENT", "KINDS", "REQUEST", "Kind", "Move"]
