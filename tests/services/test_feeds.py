"""Calendars elsewhere: what they say is who is on call, and while they are silent, what they said last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.ids import RotaId, TeamId
from bot.domain.oncall import Fixed, Rota
from bot.domain.rules import Rules
from bot.services.feeds import EVERY, Feeds, Silent
from bot.services.ports import Letter
from bot.services.roads import Roads
from tests.domain.small_desk import CHEN, LIN, MON_9, WANG
from tests.services.open_desk import RULES, AllLetters, Open, opened, standing

URL = "https://calendar.example.com/secret/basic.ics"
NIGHTS = RotaId("nights")
HOUR = timedelta(hours=1)


def rules_with_feed() -> Rules:
    team = replace(RULES.teams[TeamId("desk")], on_call=(), rotas=(NIGHTS,))
    return replace(
        RULES,
        rotas={NIGHTS: Rota(NIGHTS, {"en": "Nights"}, feed=URL)},
        teams={**RULES.teams, team.id: team},
    )


def calendar(*who: str) -> bytes:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nSUMMARY:{one}\r\nDTSTART:202603{n + 2:02}T200000Z\r\n"
        f"DTEND:202603{n + 3:02}T080000Z\r\nEND:VEVENT\r\n"
        for n, one in enumerate(who)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n".encode()


@dataclass
class Elsewhere:
    """A calendar on the street that answers with what it has, or not at all."""

    answer: bytes | str = b""
    asked: int = 0

    async def fetch(self, url: str) -> bytes:
        assert url == URL
        self.asked += 1
        if isinstance(self.answer, str):
            raise Silent(self.answer)
        return self.answer


@dataclass
class Watched:
    here: Open
    feeds: Feeds
    roads: Roads
    elsewhere: Elsewhere
    move: Callable[[timedelta], None]
    changes: list[None] = field(default_factory=list)

    @property
    def shifts(self) -> tuple[Fixed, ...]:
        return self.here.desk.rules.rotas[NIGHTS].fixed

    async def letters(self) -> list[Letter]:
        return [one.letter for one in await self.here.desk.chore(AllLetters(self.here.time.now()))]


@asynccontextmanager
async def watched(database: Path, answer: bytes | str, at: datetime = MON_9) -> AsyncIterator[Watched]:
    """As after a start: what was kept is in force before anything is fetched."""
    time = standing(at)
    async with opened(database, rules=rules_with_feed(), time=time) as here:
        here.time = time
        roads, elsewhere, changes = Roads(), Elsewhere(answer), list[None]()
        feeds = Feeds(here.desk, here.store.reads, time, roads, elsewhere.fetch, on_change=lambda: changes.append(None))
        await feeds.recall()
        yield Watched(here, feeds, roads, elsewhere, time.jump, changes)


async def test_a_calendar_that_is_fetched_is_in_force_at_once(tmp_path: Path) -> None:
    async with watched(tmp_path / "desk.db", calendar("lin")) as life:
        await life.feeds.look()

        assert life.shifts == (Fixed(LIN, MON_9 + 11 * HOUR, MON_9 + 23 * HOUR),)
        assert len(life.changes) == 1


async def test_it_is_fetched_every_quarter_of_an_hour_and_no_oftener(tmp_path: Path) -> None:
    async with watched(tmp_path / "desk.db", calendar("lin")) as life:
        await life.feeds.look()
        await life.feeds.look()
        life.move(EVERY)
        life.elsewhere.answer = calendar("chen")
        await life.feeds.look()

        assert life.elsewhere.asked == 2
        assert [one.person for one in life.shifts] == [CHEN]


async def test_the_same_calendar_again_changes_nothing(tmp_path: Path) -> None:
    async with watched(tmp_path / "desk.db", calendar("lin")) as life:
        await life.feeds.look()
        rules = life.here.desk.rules
        life.move(EVERY)
        await life.feeds.look()

        assert life.here.desk.rules is rules
        assert len(life.changes) == 1


async def test_a_dead_calendar_or_a_page_in_its_place_does_not_empty_the_rota(tmp_path: Path) -> None:
    async with watched(tmp_path / "desk.db", calendar("lin")) as life:
        await life.feeds.look()
        for answer in ("unreachable", b"<html>Sign in</html>"):
            life.move(EVERY)
            life.elsewhere.answer = answer
            await life.feeds.look()

            assert [one.person for one in life.shifts] == [LIN]


async def test_what_was_read_last_is_in_force_after_a_restart_before_anything_is_fetched(tmp_path: Path) -> None:
    async with watched(tmp_path / "desk.db", calendar("lin")) as life:
        await life.feeds.look()

    async with watched(tmp_path / "desk.db", "unreachable", MON_9 + HOUR) as life:
        assert life.elsewhere.asked == 0
        assert [one.person for one in life.shifts] == [LIN]


async def test_after_a_day_of_silence_the_lead_is_told_once_a_day_and_the_road_does_not_work(tmp_path: Path) -> None:
    async with watched(tmp_path / "desk.db", calendar("lin")) as life:
        await life.feeds.look()
        life.elsewhere.answer = "unreachable"
        life.move(23 * HOUR)
        await life.feeds.look()
        before = (await life.letters(), [road.works for road in life.roads.all()])
        for _ in range(3):
            life.move(EVERY * 4)
            await life.feeds.look()

        assert before == ([], [True])
        (letter,) = await life.letters()
        assert (letter.reader, letter.about) == (f"person:{WANG}", "feed")
        assert letter.facts == {"rota": NIGHTS, "since": MON_9.isoformat(), "why": "unreachable"}
        assert [road.works for road in life.roads.all()] == [False]
        assert "secret" not in life.roads.all()[0].name


async def test_a_calendar_that_never_came_is_told_of_after_a_day_even_over_a_restart(tmp_path: Path) -> None:
    async with watched(tmp_path / "desk.db", "status") as life:
        await life.feeds.look()

    async with watched(tmp_path / "desk.db", "status", MON_9 + 25 * HOUR) as life:
        await life.feeds.look()

        assert [letter.facts["why"] for letter in await life.letters()] == ["status"]
