"""What another on-call system exports becomes our policy files, and a report of all that could not be carried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from bot.imports import grafana, opsgenie, pagerduty
from bot.imports.draft import Draft
from bot.imports.exports import Pool, pool_of
from bot.imports.folder import Occupied, write_folder
from bot.imports.ledger import Ledger, Note

__all__ = ["SYSTEMS", "Draft", "Ledger", "Note", "Occupied", "imported", "write_folder"]

_READERS: Mapping[str, tuple[frozenset[str], Callable[[Pool, Ledger, datetime], Draft]]] = MappingProxyType(
    {
        "grafana": (grafana.ENDPOINTS, grafana.drafted),
        "pagerduty": (pagerduty.ENDPOINTS, pagerduty.drafted),
        "opsgenie": (opsgenie.ENDPOINTS, opsgenie.drafted),
    }
)

SYSTEMS = tuple(_READERS)
"""The systems whose exports can be read."""


def imported(system: str, files: Iterable[Path], ledger: Ledger, now: datetime) -> Draft:
    """What those files and folders of JSON say, as far as our rules can say it; the ledger has the rest."""
    endpoints, drafted = _READERS[system]
    return drafted(pool_of(files, endpoints, ledger), ledger, now)
