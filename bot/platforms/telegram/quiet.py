"""The libraries' own logging: warnings only, and never the token, at whatever level somebody sets them."""

from __future__ import annotations

import logging
import re

LOUD = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "telegram.Bot",
    "telegram.request.BaseRequest",
    "telegram.request.HTTPXRequest",
    "telegram._bot",
    "telegram.request._baserequest",
    "telegram.request._httpxrequest",
)
"""Where addresses are written, which hold the token, and calls, which hold the words of people. A filter sits on each:
those on a parent are not asked for what its children write."""

_TOKEN = re.compile(r"(?:bot)?\d{3,}:[A-Za-z0-9_-]{8,}")
LONGEST = 200


class _Discreet(logging.Filter):
    """One line without tokens, without tracebacks, and at DEBUG without anything that was said."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        text = str(record.msg) if record.levelno < logging.WARNING else record.getMessage()
        record.msg = _TOKEN.sub("***", text)[:LONGEST] + kind
        record.args, record.exc_info, record.exc_text, record.stack_info = None, None, None, None
        return True


def hush() -> None:
    """The libraries write warnings only; if somebody turns them up all the same, no secret."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in LOUD:
        logger = logging.getLogger(name)
        if not any(isinstance(one, _Discreet) for one in logger.filters):
            logger.addFilter(_Discreet())
