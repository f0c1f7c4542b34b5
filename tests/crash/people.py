"""The people of the street: they say, press and submit through the HTTP API, and try again until they hear a 200."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.crash.desk_process import Desk, visitor
from tests.crash.faulty_street import Delivery, FaultyStreet
from tests.crash.policy import ANN, CREW, EMPLOYEES

PATIENCE_S = 10.0
PAUSE_S = 0.03

ARRIVES_AS = {"say": "said", "press": "pressed", "submit": "submitted"}

Deed = dict[str, Any]

TROUBLES = {
    ANN: (
        "/report {} printer jam on the third floor",
        "/request {} access to the shared drive, please",
        "The VPN is down for the whole office and nobody can work, customers are waiting! {}",
    ),
    "lin": ("报修：{} 打印机卡纸了", "申请：{} 新的显示器", "全公司的邮箱都登不上去了，客户在等我们，急！{}"),
}
"""Ways to raise a ticket; the braces take the word that nobody else says."""

HABITS: Mapping[str, float] = {
    "acknowledge": 4,
    "start": 3,
    "take": 1,
    "resolve": 3,
    "say": 2,
    "note": 1,
    "ask": 1,
    "nudge": 2,
    "answer": 2,
    "rate": 3,
    "right": 2,
    "drop": 0.3,
    "cancel": 0.2,
}
"""How gladly people press which button, of those that they see."""

FORMS = {"resolve": "solution", "say": "words", "note": "words", "ask": "why", "answer": "words", "cancel": "why"}
"""Buttons that open a form, and the field that they fill in."""


@dataclass(slots=True)
class Town:
    """Everybody, and what they were promised: `accepted` holds each deed that was answered with 200, by the key under
    which the desk keeps it."""

    desk: Desk
    street: FaultyStreet
    chance: random.Random
    accepted: dict[str, Deed] = field(default_factory=dict)
    requests: int = 0
    """With those that had to be sent again."""
    raised: set[str] = field(default_factory=set)
    """The words that only one ticket may hold."""
    _web: httpx.AsyncClient | None = None
    _deeds: int = 0
    _doors: dict[str, str] = field(default_factory=dict)
    """A message of each person that they can press; the cards of the desk stand on another street."""

    async def open(self) -> None:
        self._web = visitor(self.desk.url, patience_s=PATIENCE_S)

    async def close(self) -> None:
        if self._web is not None:
            await self._web.aclose()

    async def say(self, person: str, words: str) -> str:
        """The id of what was said."""
        answer = await self._do("say", {"as": person, "place": f"dm:{person}", "text": words})
        return str(answer["message"])

    async def raise_ticket(self, person: str, words: str = "") -> str:
        """The word by which the ticket is found; it takes the place of the braces."""
        word = self._word()
        self.raised.add(word)
        await self.say(person, (words or self.chance.choice(TROUBLES[person])).format(word))
        return word

    async def press(self, person: str, wish: str) -> None:
        """A button whose card the person has read."""
        if person not in self._doors:
            self._doors[person] = await self.say(person, "help")
        await self._do("press", {"as": person, "message": self._doors[person], "wish": wish})

    async def fill(self, person: str, verb: str, ticket: str) -> str:
        """The form of that button, with a word that nobody else says."""
        word = self._word()
        answers = {FORMS[verb]: f"{verb} {word}"}
        await self._do("submit", {"as": person, "wish": f"{verb}:{ticket}", "answers": answers})
        return word

    async def live(self, until: asyncio.Event, *, deeds_per_s: float) -> None:
        """Everybody does something now and then, until the event."""
        await asyncio.gather(*(self._lead_a_life(one, until, deeds_per_s) for one in (*EMPLOYEES, *CREW)))

    async def _lead_a_life(self, person: str, until: asyncio.Event, deeds_per_s: float) -> None:
        while not until.is_set():
            await _or_after(until, self.chance.expovariate(deeds_per_s))
            await self._do_something(person)

    async def _do_something(self, person: str) -> None:
        wish = self._wished(person)
        if person in EMPLOYEES and (wish is None or self.chance.random() < 0.35):
            await self.raise_ticket(person)
        elif wish is not None:
            await self.follow(person, wish)

    async def follow(self, person: str, wish: str) -> None:
        """The button is pressed; a form that it opens is filled in, sometimes without having been seen."""
        verb, _, ticket = wish.partition(":")
        if verb not in FORMS:
            return await self.press(person, wish)
        if self.chance.random() < 0.3:
            await self.press(person, wish)
        await self.fill(person, verb, ticket)

    def _wished(self, person: str) -> str | None:
        """A button of a card that the person reads, in their own conversation or in their team's channel."""
        seen = [*self.street.cards_at(f"dm:{person}")]
        if person in CREW:
            seen += self.street.cards_at("channel:net" if person in ("eve", "fan") else "channel:desk")
        found = [wish for card in seen for wish in buttons(card) if wish.partition(":")[0] in HABITS]
        if not found:
            return None
        return self.chance.choices(found, [HABITS[wish.partition(":")[0]] for wish in found])[0]

    def _word(self) -> str:
        """No digits: the desk would take them for the number of a ticket."""
        self._deeds += 1
        letters = "".join("abcdefghij"[int(digit)] for digit in str(self._deeds))
        return f"zqx{letters}xqz"

    async def _do(self, what: str, deed: Deed) -> Deed:
        self._deeds += 1
        deed = deed | {"key": f"k{self._deeds}"}
        answer = await self._insist(what, deed)
        self.accepted[f"local:{ARRIVES_AS[what]}:{deed['as']}:{deed['key']}"] = deed
        return answer

    async def _insist(self, what: str, deed: Deed) -> Deed:
        """Sent until it is answered with a 200, always with the same key."""
        assert self._web is not None
        while True:
            await self.desk.is_up.wait()
            self.requests += 1
            try:
                answer = await self._web.post(f"/api/{what}", json=deed)
            except httpx.TransportError:
                await asyncio.sleep(PAUSE_S)
                continue
            if answer.is_success:
                return dict(answer.json())
            if not answer.is_server_error:
                raise AssertionError(f"{what} {deed}: {answer.status_code} {answer.text}")
            await asyncio.sleep(PAUSE_S)


def buttons(card: Delivery) -> list[str]:
    """The wishes that can be pressed on it now."""
    actions = card.shown.get("card", {}).get("actions", [])
    return [action["wish"] for action in actions]


async def _or_after(event: asyncio.Event, within_s: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), within_s)
    except TimeoutError:
        return
