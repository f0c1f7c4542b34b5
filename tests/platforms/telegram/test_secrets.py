"""The token is in no log and in no reason, whatever goes wrong and however loud the libraries are made."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest
from telegram.error import InvalidToken

from bot.chat.card import Card
from bot.chat.incoming import Address
from bot.chat.port import Undelivered
from bot.platforms.telegram import places
from bot.platforms.telegram.quiet import LOUD, hush
from tests.platforms.telegram.house import Disk, at_work, until
from tests.street.telegram import GROUP, MEI, TOKEN, FakeTelegram, Fault

CANARY = TOKEN.partition(":")[2]
WORDS = "canary words of a person"
LIBRARIES = ("httpx", "httpcore", "telegram", *LOUD)


class Ear(logging.Handler):
    """Hears everything that is logged, with tracebacks."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []
        self.names: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))
        self.names.add(record.name.partition(".")[0])


@pytest.fixture
def ear() -> Iterator[Ear]:
    """The root at DEBUG; afterwards everything is as it was."""
    ear, root = Ear(), logging.getLogger()
    before = {name: logging.getLogger(name).level for name in LIBRARIES}
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield ear
    root.removeHandler(ear)
    root.setLevel(level)
    for name, was in before.items():
        logging.getLogger(name).setLevel(was)


async def test_neither_the_token_nor_anybodys_words_are_ever_logged(
    ear: Ear, capsys: pytest.CaptureFixture[str]
) -> None:
    """Threat 16, fact 10."""
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk) as desk:
        for name in LIBRARIES:  # somebody turns them up after we have turned them down
            logging.getLogger(name).setLevel(logging.DEBUG)
        telegram.say(MEI, MEI, WORDS)
        telegram.push_text('{"update_id": 900, "message": {"text": "' + WORDS + '", oops}}', 900)
        await until(lambda: len(disk.kept) == 2)
        for fault in (Fault(401, "Unauthorized"), Fault(200, body=f"<{WORDS}>"), Fault(drops=True), Fault(502)):
            telegram.faults["getUpdates"].append(fault)
            telegram.faults["sendMessage"].append(fault)
            with suppress(Undelivered):
                await desk.post(places.address(MEI), Card(title=WORDS), key="k", repeat=False, quiet=False)
        await until(lambda: not telegram.faults["getUpdates"])
    out = capsys.readouterr()
    heard = "\n".join([*ear.heard, out.out, out.err])

    assert {"httpx", "httpcore", "telegram"} <= ear.names  # they were loud
    assert CANARY not in heard
    assert WORDS not in heard


async def test_left_alone_the_libraries_write_nothing_at_all(ear: Ear) -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        await desk.post(places.address(MEI), Card(title="t"), key="k", repeat=False, quiet=False)

    assert not {"httpx", "httpcore", "telegram"} & ear.names


@pytest.mark.parametrize("fault", [Fault(401), Fault(404), Fault(400, TOKEN), Fault(403, TOKEN), Fault(drops=True)])
async def test_no_reason_names_the_token(fault: Fault) -> None:
    async with FakeTelegram() as telegram, at_work(telegram) as desk:
        telegram.faults["sendMessage"].append(fault)
        with pytest.raises(Undelivered) as no:
            await desk.post(Address(f"telegram:{GROUP}"), Card(title="t"), key="k", repeat=False, quiet=False)
        health = repr(desk.health())

    assert CANARY not in no.value.reason
    assert CANARY not in health


async def test_what_is_kept_holds_no_token() -> None:
    disk = Disk()
    async with FakeTelegram() as telegram, at_work(telegram, disk):
        telegram.say(MEI, MEI, "hello")
        await until(lambda: disk.commits)

    assert CANARY not in repr(disk.kept)
    assert CANARY not in repr(disk.cursors)


def test_an_error_of_the_library_that_names_the_token_is_logged_without_it(ear: Ear) -> None:
    hush()
    try:
        raise InvalidToken(f"The token `{TOKEN}` was rejected by the server.")
    except InvalidToken as fault:
        logging.getLogger("telegram.Bot").exception("It failed: %s", fault)

    assert ear.heard == ["It failed: The token `***` was rejected by the server. (InvalidToken)"]
