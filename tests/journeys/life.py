"""One who can be anybody: speaks, presses and fills in through the HTTP API, and reads what each person reads."""

from __future__ import annotations

import asyncio
import functools
import secrets
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx

from bot.app import at_work
from bot.chat.port import Manners
from bot.demo import TurnableClock
from bot.domain.ids import TeamId, TicketId
from bot.domain.rules import Rules
from bot.domain.ticket import Ticket
from bot.house_rules import load
from bot.local_house import LocalHouse, page_of, put_together
from bot.platforms.local.adapter import GENEROUS
from bot.services.ports import Entry
from bot.services.timepiece import DemoTime
from handlers.speech import Texts, load_texts
from storage.engine import SqlStore, open_store

TUESDAY_10 = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
"""A Tuesday morning: ten o'clock in Shanghai, two in London."""
THAT_DAY = TUESDAY_10.date()

LIN, EMMA, YUE = "lin-xia", "emma-clarke", "wang-yue"
"""Employees: one writes Chinese, one English, one Chinese."""
ZHAO, CHEN, HE, SOFIA = "zhao-lei", "chen-siyuan", "he-min", "sofia-keller"
"""First and second on call, the lead, the service manager."""

OUTAGE = "全公司的邮箱都登不上去了，客户在等我们，急！"
"""Nobody could read this as anything but a P1 incident."""
WISH = "Could I please get access to the shared sales drive?"
"""A service request that can wait."""

SHORTEST_WAIT_S = 0.05

IT_DESK, NETWORK = "channel:it-desk", "channel:network"

Message = dict[str, Any]
Deed = tuple[str, dict[str, Any]]
"""A request to the API that was not sent yet: its name and its body."""


@dataclass(slots=True)
class Life:
    """A desk, everybody in it, and a clock that stands still unless it is moved."""

    house: LocalHouse
    store: SqlStore
    clock: TurnableClock
    web: httpx.AsyncClient

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def say(
        self, person: str, words: str, *, place: str | None = None, reply_to: str | None = None, key: str | None = None
    ) -> None:
        """The person writes; whatever follows at once has happened."""
        await self.deed(*self.saying(person, words, place=place, reply_to=reply_to, key=key))

    def saying(
        self, person: str, words: str, *, place: str | None = None, reply_to: str | None = None, key: str | None = None
    ) -> Deed:
        """What the person is about to write."""
        body = {"as": person, "place": place or f"dm:{person}", "text": words, "key": key or self._key()}
        return "say", body | ({"reply_to": reply_to} if reply_to else {})

    async def press(self, person: str, verb: str, subject: str = "") -> None:
        """The person presses the newest button of that verb (and subject) that they see."""
        await self.deed(*await self.pressing(person, verb, subject))

    async def pressing(self, person: str, verb: str, subject: str = "") -> Deed:
        """The person's finger is above that button."""
        message, wish = await self.button(person, verb, subject)
        return "press", {"as": person, "message": message["id"], "wish": wish, "key": self._key()}

    async def press_wish(self, person: str, message: str, wish: str, *, key: str | None = None) -> None:
        """The person sends this wish from this message, whether the button is there or not."""
        await self.deed("press", {"as": person, "message": message, "wish": wish, "key": key or self._key()})

    async def fill(self, person: str, verb: str, subject: str = "", /, **answers: str) -> None:
        """The person presses that button and fills in the form that opens."""
        await self.press(person, verb, subject)
        form = (await self.reads(person, lambda body: body.get("form", {}).get("wish", "").startswith(f"{verb}:")))[-1]
        wish = form["form"]["wish"]
        given = {"as": person, "wish": wish, "answers": answers, "message": form["id"], "key": self._key()}
        await self.deed("submit", given)

    async def deed(self, what: str, body: Mapping[str, Any]) -> httpx.Response:
        """One request to the API; it was accepted and all that follows at once has happened."""
        answer = await self.web.post(f"/api/{what}", json=body)
        assert answer.is_success, answer.text
        await self.clock.jump(timedelta(0))
        return answer

    async def together(self, *deeds: Deed) -> list[httpx.Response]:
        """All of this is done at the same moment; all that follows at once has happened."""
        answers = await asyncio.gather(*(self.web.post(f"/api/{what}", json=body) for what, body in deeds))
        await self.clock.jump(timedelta(0))
        return list(answers)

    async def later(self, **span: float) -> None:
        """So much time has passed, and everything on the way happened at its moment."""
        await self.clock.jump(timedelta(**span))

    async def until(self, moment: datetime) -> None:
        """It is that moment, and everything on the way happened at its own."""
        await self.clock.jump(moment - self.now)

    async def reads(self, person: str, fits: Callable[[Message], bool] = lambda _: True) -> list[Message]:
        """What the person can see now, oldest first."""
        answer = await self.web.get("/api/messages", params={"as": person, "limit": 200})
        return [one for one in answer.raise_for_status().json()["messages"] if fits(one)]

    async def cards(self, person: str, place: str | None = None) -> list[Message]:
        """The cards that the person sees, oldest first, as they stand now."""
        found = await self.reads(person, lambda body: "card" in body)
        return [one["card"] for one in found if place is None or one["place"] == place]

    async def titles(self, person: str, place: str | None = None) -> list[str]:
        """The titles of these cards."""
        return [card["title"] for card in await self.cards(person, place)]

    async def receipt(self, person: str, number: int = 1) -> Message:
        """The receipt of that ticket as it stands now."""
        found = await self.reads(person, lambda body: "card" in body and f"-{number} · " in body["card"]["title"])
        return next(one["card"] for one in found if one["place"] == f"dm:{person}")

    async def button(self, person: str, verb: str, subject: str = "") -> tuple[Message, str]:
        """The newest message with such a button that the person sees, and the button's wish."""
        for message in reversed(await self.reads(person, lambda body: "card" in body)):
            for action in message["card"].get("actions", ()):
                if action["verb"] == verb and action["subject"].endswith(subject):
                    return message, f"{action['verb']}:{action['subject']}"
        raise AssertionError(f"{person} sees no button {verb}")

    async def has_button(self, person: str, verb: str) -> bool:
        """Whether the person sees such a button anywhere."""
        cards = await self.cards(person)
        return any(action["verb"] == verb for card in cards for action in card.get("actions", ()))

    async def ticket(self, number: int = 1) -> Ticket:
        """The ticket as it is stored."""
        filed = await self.store.reads.ticket(TicketId(number))
        assert filed is not None
        return filed.ticket

    async def history(self, number: int = 1) -> list[Entry]:
        """The lines of its history."""
        return await self.store.reads.history(TicketId(number))

    async def happened(self, name: str, number: int = 1) -> list[Entry]:
        """The lines of that name."""
        return [one for one in await self.history(number) if one.name == name]

    def _key(self) -> str:
        return secrets.token_hex(8)


class StillTime(DemoTime):
    """It stands unless it is moved. Whoever waits a millisecond for it would look again and again for nothing, and
    never be seen at rest."""

    def real_seconds_until(self, moment: datetime) -> float:
        wait_s = super().real_seconds_until(moment)
        return max(wait_s, SHORTEST_WAIT_S) if wait_s else 0.0


@asynccontextmanager
async def living(
    folder: Path,
    *,
    start: datetime = TUESDAY_10,
    rules: Rules | None = None,
    manners: Manners = GENEROUS,
    out: str = "",
) -> AsyncIterator[Life]:
    """A desk at work on `folder/desk.db`; the same folder again is the same desk after a restart."""
    async with AsyncExitStack() as undo:
        time = StillTime(start, mono=lambda: 0.0)
        store = await open_store(folder / "desk.db", now=start)
        undo.push_async_callback(store.close)
        house = await put_together(rules or the_rules(start.date()), store, time, manners=manners, out=out)
        time.on_move(house.app.alarm.rearm)
        clock = TurnableClock(time, house.app)
        page = page_of(house, clock, None)
        await undo.enter_async_context(at_work(house.app))
        transport = httpx.ASGITransport(app=page)
        web = await undo.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1"))
        await clock.jump(timedelta(0))
        yield Life(house, store, clock, web)


@functools.cache
def the_rules(day: date = THAT_DAY) -> Rules:
    """The packaged policy, as it is read on that day."""
    return load(None, now=datetime.combine(day, time(), UTC))


def with_team(team: str, **changes: Any) -> Rules:
    """The packaged policy with another team of that name."""
    rules = the_rules()
    return replace(rules, teams={**rules.teams, TeamId(team): replace(rules.teams[TeamId(team)], **changes)})


@functools.cache
def the_texts() -> Texts:
    """Every word the desk says."""
    return load_texts()


def said(language: str, key: str, **facts: str | int) -> str:
    """How the desk says this in that language."""
    return the_texts().of(language).say(key, **facts)


def text_of(card: Message) -> str:
    """Every word on a card."""
    return str(card)


def fact(card: Message, label: str) -> str:
    """What stands beside that label, among the facts or the gauges."""
    notes = {one["label"]: one["note"] for one in card["gauges"]}
    return str((notes | {one["label"]: one["value"] for one in card["facts"]})[label])


def verbs(card: Message) -> set[str]:
    """What the card's buttons do."""
    return {action["verb"] for action in card["actions"]}
