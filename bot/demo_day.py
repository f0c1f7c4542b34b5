"""A scripted day, lived through the same HTTP API that the page uses. The script only acts; what is printed is what
stands in the chat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from rich.console import Console
from rich.text import Text

from bot import logs
from bot.app import at_work
from bot.demo import TurnableClock, demonstration
from bot.domain import standby
from bot.domain.ids import TeamId
from bot.domain.rules import Team
from bot.local_house import LocalHouse, page_of
from bot.platforms.local.parse import card_from, form_from
from bot.platforms.local.street import DESK, Inhabitant, Language, Place
from bot.platforms.local.terminal import CardOnTerminal

EMPLOYEE_ZH, EMPLOYEE_EN = "lin-xia", "emma-clarke"
TEAM = TeamId("it-desk")

OUTAGE = "全公司的邮箱都登不上去了，客户在等我们的报价，急！"
REQUEST = "Hi, could I please get access to the shared sales drive? I start on the tender on Thursday."


class OffScript(RuntimeError):
    """The day went another way than the script: the desk did not do what it is there for."""


@dataclass(slots=True)
class Day:
    """One who can be anybody, and sees what everybody sees."""

    web: httpx.AsyncClient
    clock: TurnableClock
    console: Console
    places: Mapping[str, Place]
    people: Mapping[str, Inhabitant]
    read: dict[str, int] = field(default_factory=dict)
    shown: set[tuple[str, int]] = field(default_factory=set)
    latest: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By person and message."""

    async def say(self, person: str, words: str, *, place: str | None = None) -> None:
        """The person writes to the desk."""
        await self._post("say", {"as": person, "place": place or f"dm:{person}", "text": words})

    async def press(self, person: str, verb: str, subject: str) -> None:
        """The person presses the newest such button among what they see."""
        message, wish = self._button(person, verb, subject)
        await self._post("press", {"as": person, "message": message, "wish": wish})

    async def fill(self, person: str, verb: str, subject: str, **answers: str) -> None:
        """The person presses that button and fills in the form that it opens."""
        await self.press(person, verb, subject)
        form = self._newest(person, lambda body: body.get("form", {}).get("wish", "").startswith(f"{verb}:"))
        wish = form["form"]["wish"]
        await self._post("submit", {"as": person, "wish": wish, "answers": answers, "message": form["id"]})

    async def later(self, by: timedelta) -> None:
        """Time passes, and whatever happens in it happens."""
        await self.clock.jump(by)
        await self.look()

    async def until(self, hour: int, minute: int = 0) -> None:
        """It is that time of the day in the desk's own zone."""
        here = self.clock.now().astimezone(ZoneInfo(next(iter(self.clock.app.rules.teams.values())).zone))
        there = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if there <= here:
            there += timedelta(days=1)
        await self.later(there - here)

    async def next_thing(self) -> None:
        """The next thing that happens by itself has happened."""
        await self.clock.jump_to_next()
        await self.look()

    async def look(self) -> None:
        """Everything new is printed, in the order in which it was written."""
        fresh: dict[tuple[str, int], dict[str, Any]] = {}
        for person in self.people:
            answer = await self.web.get("/api/messages", params={"as": person, "after": self.read.get(person, 0)})
            found = answer.raise_for_status().json()
            self.read[person] = found["after"]
            for message in found["messages"]:
                self.latest[f"{person} {message['id']}"] = message
                fresh[message["id"], message["version"]] = message
        for mark, message in sorted(fresh.items(), key=lambda one: one[1]["version"]):
            if mark not in self.shown:
                self.shown.add(mark)
                if "form" in message and message["edited_at"] is not None:
                    continue
                self._print(message)

    def _print(self, message: Mapping[str, Any]) -> None:
        """Who wrote when and where, and what; of a card that was only redrawn, its title and present state."""
        place, body = self.places[message["place"]], message
        self.console.print(self._head(message, place))
        if "text" in body:
            self.console.print(Text(f"  {body['text']}", style="bold"))
        elif "form" in body:
            self.console.print(Text(f"  {form_from(body['form']).title}", style="dim"))
        elif message["edited_at"] is None:
            self.console.print(CardOnTerminal(card_from(body["card"]), self._language(place)))
        else:
            card = card_from(body["card"])
            self.console.print(Text(f"  {card.title}  {card.lead}".rstrip(), style="dim"))

    def _head(self, message: Mapping[str, Any], place: Place) -> Text:
        author = message["author"]
        at = datetime.fromisoformat(message["edited_at"] or message["at"]).astimezone(self._zone(place))
        who = "Deskbell" if author == DESK else self.people[author].name
        sign = "✎" if message["edited_at"] else "●"
        where = f"{place.name}" if place.kind == "dm" else f"# {place.name}"
        to = "" if author != DESK and place.kind == "dm" else f" → {where}"
        return Text(f"\n{sign} {at:%a %H:%M}  {who}{to}", style="dim" if message["edited_at"] else "cyan")

    def _language(self, place: Place) -> Language:
        if place.kind == "dm":
            return self.people[place.members[0]].language
        return "zh" if self._team(place).language.startswith("zh") else "en"

    def _zone(self, place: Place) -> ZoneInfo:
        if place.kind == "dm":
            return self.people[place.members[0]].zone
        return ZoneInfo(self._team(place).zone)

    def _team(self, place: Place) -> Team:
        teams = self.clock.app.rules.teams.values()
        return next(one for one in teams if (one.channel or "").endswith(place.id))

    async def _post(self, what: str, body: Mapping[str, Any]) -> None:
        answer = await self.web.post(f"/api/{what}", json=body)
        if answer.is_error:
            raise OffScript(f"{what}: {answer.json().get('error', answer.status_code)}")
        await self.clock.jump(timedelta(seconds=2))
        await self.look()

    def _button(self, person: str, verb: str, subject: str) -> tuple[str, str]:
        def has(message: dict[str, Any]) -> bool:
            return any(
                one["verb"] == verb and one["subject"] == subject for one in message.get("card", {}).get("actions", ())
            )

        return self._newest(person, has)["id"], f"{verb}:{subject}"

    def _newest(self, person: str, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        mine = (one for key, one in self.latest.items() if key.startswith(f"{person} ") and fits(one))
        newest = max(mine, key=lambda one: int(one["version"]), default=None)
        if newest is None:
            raise OffScript(f"{person} does not see what this day needs next")
        return newest


async def in_terminal() -> int:
    """The scripted day in this terminal; the exit code."""
    logs.set_up("ERROR", "console")
    async with demonstration() as (house, clock):
        return await play(house, clock)


async def play(house: LocalHouse, clock: TurnableClock) -> int:
    """The day from its first message to the digest of the next morning. 0 when everything came as it must."""
    console = Console(highlight=False)
    page = page_of(house, clock, None)
    async with (
        at_work(house.app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=page), base_url="http://127.0.0.1") as web,
    ):
        day = Day(web, clock, console, house.street.places, house.street.inhabitants)
        try:
            await _live(day)
        except OffScript as fault:
            console.print(f"[bold red]{fault}[/]")
            return 1
    return 0


async def _live(day: Day) -> None:
    """Two tickets: the outage is number 1, the request number 2."""
    rules, now = day.clock.app.rules, day.clock.now()
    first, second = (standby.on_call(rules.teams[TEAM], place, rules, now)[0] for place in (1, 2))
    await day.say(EMPLOYEE_ZH, OUTAGE)
    await day.press(EMPLOYEE_ZH, "right", "1")
    await day.next_thing()  # nobody answers the page, so the second engineer is called
    await day.press(second, "acknowledge", "1")
    await day.later(timedelta(minutes=27))  # an acknowledgement is no answer: the response falls due
    await day.press(second, "start", "1")
    await day.say(EMPLOYEE_EN, REQUEST)
    await day.press(first, "acknowledge", "2")
    await day.fill(first, "ask", "2", why="Which folder do you need, and who can approve it?")
    await day.fill(second, "say", "1", words="邮件服务器的证书过期了，正在更换，预计半小时内恢复。")
    await day.later(timedelta(minutes=25))
    await day.say(EMPLOYEE_EN, "The folder is Tenders 2027; Sofia Keller approves it.")
    await day.fill(second, "resolve", "1", solution="证书已更换，邮箱可以正常登录了。")
    await day.press(EMPLOYEE_ZH, "rate", "1:5")
    await day.fill(first, "resolve", "2", solution="You have access to Tenders 2027 now.")
    await day.press(EMPLOYEE_EN, "rate", "2:4")
    await day.until(9, 1)  # the digest of the next morning
