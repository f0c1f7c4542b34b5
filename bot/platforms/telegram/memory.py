"""What the adapter remembers between two starts: how far it has read, who talks with it, what a button asks first."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

from bot.chat.card import Action, Confirm
from bot.platforms.telegram.places import PLATFORM
from bot.platforms.telegram.render import confirm_name
from bot.services.ports import Sheet

MOST_IN_MIND = 5000
NUMBERS_HOLD_FOR = timedelta(days=6)
"""After a week without any update Telegram begins to count elsewhere (core.telegram.org/bots/api#update)."""


class Drawer(Protocol):
    """A durable drawer of short texts by name, and of forms that are being filled in."""

    async def get(self, name: str) -> str | None:
        """What was put there last."""

    async def put(self, name: str, value: str) -> None:
        """It is on the disk."""

    async def sheets(self, platform: str) -> list[Sheet]:
        """All forms that are being filled in on this platform."""

    async def put_sheet(self, sheet: Sheet) -> None:
        """It is on the disk; an empty one is gone."""


class Memory:
    """On the disk through a `Drawer`, with what was used last kept at hand."""

    def __init__(self, drawer: Drawer) -> None:
        self.drawer = drawer
        self._started: OrderedDict[int, bool] = OrderedDict()
        self._confirms: OrderedDict[str, tuple[str, Confirm]] = OrderedDict()
        self.names: OrderedDict[int, str] = OrderedDict()
        """What people are called; names never carry authority."""

    # --- how far -----------------------------------------------------------------------------------------------------

    async def offset(self, bot: int, now: datetime) -> int | None:
        """The number of the next update; None when none came for so long that Telegram may count elsewhere."""
        kept = await self.drawer.get(offset_name(bot))
        return None if kept is None else next_of(kept, now)

    # --- who talks with us -------------------------------------------------------------------------------------------

    async def has_started(self, user: int) -> bool | None:
        """The person has pressed Start and not blocked us since; None when nothing is known."""
        if user not in self._started:
            kept = await self.drawer.get(started_name(user))
            if kept is None:
                return None
            self.learn_started({user: kept == "1"})
        return self._started[user]

    def is_known(self, user: int, started: bool) -> bool:
        """It is written down that the person has started, or blocked us."""
        return self._started.get(user) is started

    def learn_started(self, users: Mapping[int, bool]) -> None:
        """That is written down."""
        for user, started in users.items():
            self._started[user] = started
            _trim(self._started)

    def learn_name(self, user: int, name: str) -> None:
        """So somebody is called."""
        self.names[user] = name
        _trim(self.names)

    # --- buttons that ask first --------------------------------------------------------------------------------------

    async def learn_confirms(self, actions: tuple[Action, ...]) -> None:
        """What these buttons ask is known, also after a restart."""
        for action in actions:
            if action.confirm is None:
                continue
            name = confirm_name(action.wish, action.confirm)
            if name not in self._confirms:
                asked = [action.wish, action.confirm.question, action.confirm.yes, action.confirm.no]
                await self.drawer.put(_confirm(name), json.dumps(asked))
                self._keep_confirm(name, action.wish, action.confirm)

    async def confirm_of(self, name: str) -> tuple[str, Confirm] | None:
        """The wish, and what is asked before it counts."""
        if name not in self._confirms:
            kept = await self.drawer.get(_confirm(name))
            if kept is None:
                return None
            wish, question, yes, no = json.loads(kept)
            self._keep_confirm(name, wish, Confirm(question, yes, no))
        return self._confirms[name]

    def _keep_confirm(self, name: str, wish: str, confirm: Confirm) -> None:
        self._confirms[name] = (wish, confirm)
        _trim(self._confirms)


def offset_name(bot: int) -> str:
    """Under which the number of the next update is kept."""
    return f"{PLATFORM}:{bot}:offset"


def offset_value(following: int, at: datetime) -> str:
    """What is kept there."""
    return f"{following} {at.isoformat()}"


def next_of(value: str, now: datetime) -> int | None:
    """The number that was kept; None when it is too old to mean anything."""
    following, _, at = value.partition(" ")
    return int(following) if now - datetime.fromisoformat(at) < NUMBERS_HOLD_FOR else None


def started_name(user: int) -> str:
    """Under which it is kept whether somebody talks with us."""
    return f"{PLATFORM}:started:{user}"


def _confirm(name: str) -> str:
    return f"{PLATFORM}:confirm:{name}"


def _trim(known: OrderedDict[int, bool] | OrderedDict[int, str] | OrderedDict[str, tuple[str, Confirm]]) -> None:
    if len(known) > MOST_IN_MIND:
        known.popitem(last=False)
