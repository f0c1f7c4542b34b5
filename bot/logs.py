"""What the desk writes for its operator: one line an event, never the words of people, never a token."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

CHATTY = (
    "httpx",
    "httpcore",
    "uvicorn",
    "apscheduler",
    "slack_bolt",
    "slack_sdk",
    "telegram",
    "aiohttp",
    "apprise",
    "aiosqlite",
    "alembic",
)
"""Libraries whose lower levels print addresses with tokens in them, or the texts of people."""

HIDDEN = "[hidden]"

_SECRETS = re.compile(
    r"\b\d{6,}:[A-Za-z0-9_-]{30,}"  # a Telegram bot's token, with "bot" before it or not
    r"|\bbot\d+:[A-Za-z0-9_-]+"
    r"|\bx(?:ox[a-z]|app)-[A-Za-z0-9-]+"
    r"|(?<=ticket=)[^\s&\"']+"  # of a socket's address
    r"|https?://hooks\.slack\.com/[^\s\"']+"
    r"|(?<=://)[^\s/@:\"']+:[^\s/@\"']+(?=@)"  # a name and a password in an address
)
"""The shapes of tokens: a second line of defence for messages of libraries; nothing of ours writes one."""


def without_secrets(text: str) -> str:
    """The same text with everything that looks like a token hidden."""
    return _SECRETS.sub(HIDDEN, text)


def set_up(level: str, form: str) -> None:
    """Everything logged from now on goes to standard error, as readable lines or as JSON."""
    lowest = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=lowest, stream=sys.stderr, force=True)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Discreet("%(levelname)s %(name)s %(message)s"))
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(lowest, logging.WARNING))
    last: structlog.typing.Processor
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _discreet,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


class _Discreet(logging.Formatter):
    """Lines of the libraries, their tracebacks too."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def _discreet(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = without_secrets(value)
    return event
