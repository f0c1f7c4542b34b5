"""The libraries' own logging: warnings only, and nothing in them that is a secret or somebody's words."""

from __future__ import annotations

import logging
import re

NAME = "bot.platforms.slack.sdk"

_SECRETS = re.compile(
    r"xox[a-z]-[\w-]+|xapp-[\w-]+|wss?://\S+|https?://hooks\.\S+|https?://\S*(?:ticket|token)=\S+", re.I
)
LONGEST = 160


class _Discreet(logging.Filter):
    """Only the head of a message, without tokens, tickets and tracebacks: what follows the first colon may be the
    words of a person."""

    def filter(self, record: logging.LogRecord) -> bool:
        kind = f" ({record.exc_info[0].__name__})" if record.exc_info and record.exc_info[0] else ""
        head = record.getMessage().splitlines()[0] if record.getMessage() else ""
        record.msg = _SECRETS.sub("***", head.partition(": ")[0])[:LONGEST] + kind
        record.args, record.exc_info, record.exc_text, record.stack_info = None, None, None, None
        return True


def library_logger() -> logging.Logger:
    """The logger that slack-bolt and slack-sdk are given; they copy its level and its filter to their own."""
    logger = logging.getLogger(NAME)
    logger.setLevel(logging.WARNING)
    if not any(isinstance(one, _Discreet) for one in logger.filters):
        logger.addFilter(_Discreet())
    return logger
