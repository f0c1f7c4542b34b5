"""Making a frozen value anew, quickly: the door does it several times for every request."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["anew"]

if TYPE_CHECKING:
    from dataclasses import replace as anew
else:
    from dataclasses import fields
    from operator import attrgetter

    _put = object.__setattr__
    _ways = {}

    def anew(value, /, **changes):
        """`dataclasses.replace` for a slotted dataclass without `__post_init__`, four times as fast: it copies slot by
        slot where that one goes through `__init__` and its checks. Raises AttributeError for a field there is none."""
        kind = type(value)
        way = _ways.get(kind)
        if way is None:
            names = [field.name for field in fields(kind)]
            way = _ways[kind] = ([getattr(kind, name).__set__ for name in names], attrgetter(*names))
        setters, values = way
        made = object.__new__(kind)
        for put, old in zip(setters, values(value), strict=True):
            put(made, old)
        for name, new in changes.items():
            _put(made, name, new)
        return made
