"""Text made fit for JSON, UTF-8 and SQLite, and otherwise left as it was written."""

from __future__ import annotations

import re

UNFIT = re.compile("[\x00\ud800-\udfff]")


def whole(text: str) -> str:
    """The text with U+FFFD in the place of each NUL and each lone surrogate; all else is kept."""
    return UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
