"""What the log may never show, at any level, whoever writes it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot import logs

TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
SECRETS = [
    TELEGRAM,
    f"bot{TELEGRAM}",
    "xoxb-1234-5678-abcdefABCDEF",
    "xapp-1-A111-222-abcdef",
    "xoxe.xoxp-1-Mi0yLTEyMzQ",
    "https://hooks.slack.com/commands/T1/2/abc",
]


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Logging is of the whole process: what a test sets up here is taken back."""
    root, handlers = logging.getLogger(), logging.getLogger().handlers[:]
    levels = {name: logging.getLogger(name).level for name in (None, *logs.CHATTY)}
    root.handlers = []
    yield
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("secret", SECRETS)
def test_no_token_is_written_whoever_logs_it(capsys: pytest.CaptureFixture[str], form: str, secret: str) -> None:
    logs.set_up("debug", form)

    logging.getLogger("a_library").error("POST https://api.telegram.org/%s/sendMessage", secret)
    structlog.get_logger().warning("trouble", why=f"no answer from {secret}!")
    try:
        raise ValueError(f"refused: {secret}")
    except ValueError:
        logging.getLogger("a_library").exception("failed")

    written = capsys.readouterr().err
    assert secret.removeprefix("bot") not in written
    assert written.count(logs.HIDDEN) >= 3


def test_passwords_in_addresses_are_hidden_and_the_rest_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", "console")

    logging.getLogger("a_library").error("mailtos://desk:s3cr3t@smtp.example.com refused INC-42 at 10:30")

    written = capsys.readouterr().err
    assert "s3cr3t" not in written
    assert "smtp.example.com refused INC-42 at 10:30" in written


def test_libraries_that_print_tokens_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", "console")

    for name in logs.CHATTY:
        logging.getLogger(f"{name}.inner").info("GET https://beat.example.com/secret-path")

    assert capsys.readouterr().err == ""
