"""The desk on its own street: the app, the local chat of everybody in the rules, and the web page, put together."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.app import App, at_work
from bot.beacon import Beacon
from bot.chat.port import Manners
from bot.domain import standby
from bot.domain.rules import Person, Rules
from bot.platforms.local.adapter import GENEROUS, LocalPlatform
from bot.platforms.local.knock import PLATFORM
from bot.platforms.local.serve import Server
from bot.platforms.local.street import Inhabitant, Language, Place, Street, channel
from bot.platforms.local.web import StreetClock, build
from bot.platforms.local.wire import PATIENCE_S, InHouse, Wire
from bot.services.auditor import Machine, Report
from bot.services.desk import Chore, T
from bot.services.directory import AddressBook
from bot.services.feeds import Fetch
from bot.services.ports import Timepiece
from handlers.speech import Texts, load_texts
from storage.engine import SqlStore

HUES = 360
GOLDEN_ANGLE = 137
"""Steps of so many degrees round the colour wheel never come close to one another."""


@dataclass(frozen=True, slots=True)
class LocalHouse:
    """A desk, its street and the page to it."""

    app: App
    street: Street


async def put_together(
    rules: Rules,
    store: SqlStore,
    timepiece: Timepiece,
    *,
    out: str = "",
    patience_s: float = PATIENCE_S,
    manners: Manners = GENEROUS,
    sweep: timedelta = timedelta(seconds=5),
    machine: Callable[[], Machine] = Machine,
    audited: Callable[[Report], None] = lambda _: None,
    fetch: Fetch | None = None,
) -> LocalHouse:
    """Nothing runs yet. `out`: the address of a street in another process to which the desk's messages go, and
    `patience_s` how long it may take to answer."""
    people = AddressBook(rules.people, await store.reads.profiles())
    texts = load_texts()

    async def door(chore: Chore[T], /) -> T:
        return await app.desk.chore(chore)

    street = Street(
        [_inhabitant(one, place, texts) for place, one in enumerate(_locals(rules))],
        list(_channels(rules)),
        store.transcript(door),
        timepiece.now,
    )
    wire: Wire = _far_wire(out, patience_s) if out else InHouse(street)
    app = App(
        rules=rules,
        store=store,
        timepiece=timepiece,
        people=people,
        texts=texts,
        platforms={PLATFORM: LocalPlatform(wire, channels=manners)},
        sweep=sweep,
        roads=await store.reads.roads(),
        machine=machine,
        audited=audited,
        fetch=fetch,
    )
    return LocalHouse(app, street)


def _far_wire(out: str, patience_s: float) -> Wire:
    from bot.platforms.local.far_wire import OverHttp  # fifteen megabytes that a street of our own has no use for

    return OverHttp(out, lambda: datetime.now(UTC), patience_s=patience_s)


def page_of(
    house: LocalHouse,
    clock: StreetClock,
    key: str | None,
    beacon: Beacon | None = None,
    more: Sequence[BaseRoute] = (),
) -> Starlette:
    """The web page and the HTTP API of the street; /health, /metrics and `more` stand beside them."""
    beside = [*(beacon or beacon_of(house.app)).routes(), *more]
    return build(house.street, house.app.intake, clock, key=key, more=beside)


def beacon_of(app: App, heartbeat_at: Callable[[], datetime | None] = lambda: None) -> Beacon:
    """What the desk says of itself."""
    return Beacon(app.auditor, app.reads, app.time, app.desk.counts, heartbeat_at)


@asynccontextmanager
async def opened(house: LocalHouse, page: Starlette, host: str, port: int) -> AsyncIterator[str]:
    """The desk works and its page is there within the block; afterwards both have stopped in good order. Raises
    OSError when the port is taken."""
    server = Server(page, house.street, host=host, port=port)
    async with at_work(house.app):
        serving = asyncio.ensure_future(server.run())
        try:
            yield server.url
        finally:
            server.stop()
            await serving


def new_key() -> str:
    """A key nobody guesses."""
    return secrets.token_urlsafe(24)


async def until_told_to_stop(app: App) -> None:
    """Returns at SIGTERM or Ctrl-C, and when the desk cannot go on: one whose heart has stopped must not look alive."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, told.set)
    waiting = [asyncio.ensure_future(event.wait()) for event in (told, app.ended)]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one_wait in waiting:
        one_wait.cancel()


def _locals(rules: Rules) -> Iterator[Person]:
    for person in rules.people.values():
        if any(one.startswith(f"{PLATFORM}:") for one in person.identities):
            yield person


def _inhabitant(person: Person, place: int, texts: Texts) -> Inhabitant:
    language: Language = "zh" if person.language.startswith("zh") else "en"
    identity = next(one for one in person.identities if one.startswith(f"{PLATFORM}:"))
    return Inhabitant(
        id=identity.removeprefix(f"{PLATFORM}:"),
        name=person.name,
        language=language,
        zone=ZoneInfo(person.zone),
        title=person.title.get(language, person.title.get("en", "")),
        initials=_initials(person.name),
        colour=place * GOLDEN_ANGLE % HUES,
        examples=_examples(texts, language),
    )


def _examples(texts: Texts, language: Language) -> tuple[str, ...]:
    voice = texts.of(language)
    return tuple(voice.say(f"example-{one}").strip("“”") for one in (1, 2, 3))


def _initials(name: str) -> str:
    words = name.split()
    if len(words) > 1:
        return (words[0][0] + words[-1][0]).upper()
    return name[-2:] if not name.isascii() else name[:2].upper()


def _channels(rules: Rules) -> Iterator[Place]:
    """One for each team that has a channel here: its members, its lead and its manager, and whoever is a manager."""
    prefix = f"{PLATFORM}:channel:"
    for team in rules.teams.values():
        if team.channel is None or not team.channel.startswith(prefix):
            continue
        people = dict.fromkeys(
            (*team.members, *standby.everybody(team, rules), *filter(None, (team.lead, team.manager)))
        )
        members = tuple(
            identity.removeprefix(f"{PLATFORM}:")
            for person in people
            for identity in rules.people[person].identities
            if identity.startswith(f"{PLATFORM}:")
        )
        name = team.names.get(team.language, team.names["en"])
        yield Place(channel(team.channel.removeprefix(prefix)), name, "channel", members)
