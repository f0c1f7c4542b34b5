"""What the desk writes for its operator: one line an event, never the words of people, never a token."""

from __future__ import annotations

import logging
import sys

import structlog

CHATTY = ("httpx", "httpcore", "uvicorn", "apscheduler", "slack_bolt", "slack_sdk", "telegram", "aiosqlite", "alembic")
"""Libraries whose lower levels print addresses with tokens in them, or the texts of people."""


def set_up(level: str, form: str) -> None:
    """Everything logged from now on goes to standard error, as readable lines or as JSON."""
    lowest = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(level=lowest, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(lowest, logging.WARNING))
    last: structlog.typing.Processor
    last = structlog.processors.JSONRenderer(ensure_ascii=False) if form == "json" else structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lowest),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
