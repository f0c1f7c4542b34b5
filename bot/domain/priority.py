"""Priority comes from impact and urgency by a matrix; anything else needs a reason and a name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.ids import Level, Priority

Matrix = Mapping[tuple[Level, Level], Priority]
"""(impact, urgency) to priority."""

_H, _M, _L = Level.HIGH, Level.MEDIUM, Level.LOW

DEFAULT_MATRIX: Matrix = MappingProxyType(
    {
        (_H, _H): Priority.P1,
        (_H, _M): Priority.P2,
        (_M, _H): Priority.P2,
        (_M, _M): Priority.P3,
        (_H, _L): Priority.P3,
        (_L, _H): Priority.P3,
        (_M, _L): Priority.P4,
        (_L, _M): Priority.P4,
        (_L, _L): Priority.P4,
    }
)
"""As practised in a public ServiceNow incident log (impact/urgency on a scale of three)."""
