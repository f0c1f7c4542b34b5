"""The whole desk: what was missed is said before it is ready, and whatever comes in or breaks, time goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.app import GRACE_S, App, at_work
from bot.chat.card import Card
from bot.chat.form import Form
from bot.chat.incoming import Address, Identity, Incoming, MessageRef, Pressed, Said
from bot.chat.port import Intake, Manners, RawIncoming, Undelivered
from bot.domain.ids import TicketId
from bot.services.directory import AddressBook
from bot.services.ports import Arrival, Fenced
from bot.services.timepiece import DeskTime
from handlers.speech import Texts, load_texts
from storage.engine import SqlStore, open_store
from tests.clock import Clock, virtual
from tests.domain.small_desk import MEI, raising
from tests.services.open_desk import RULES, AllPending, happened, keep

ONE = TicketId(1)
CRY = "全公司的邮箱都登不上去了，客户在等我们，急！"


@cache
def texts() -> Texts:
    return load_texts()


@dataclass
class Chat:
    """The street: a network that takes everything and remembers it."""

    name: str = "local"
    posts: list[tuple[Address, Card]] = field(default_factory=list)
    edits: int = 0
    asked: list[Form] = field(default_factory=list)
    intake: Intake | None = None
    is_up: bool = False
    shows_no_forms: bool = False

    def manners(self, to: Address) -> Manners:
        return Manners(posts=1000, per=timedelta(seconds=1), burst=1000)

    def parse(self, raw: RawIncoming) -> Incoming | None:
        body = json.loads(raw.body)
        if "noise" in body:
            return None
        author, place = Identity(f"local:{body['as']}"), Address(f"local:dm:{body['as']}")
        at = datetime(2026, 3, 4, tzinfo=UTC)
        if "wish" in body:
            return Pressed(raw.key, author, place, body["wish"], at)
        return Said(raw.key, author, place, body["text"], at, MessageRef(raw.key))

    async def post(self, to: Address, card: Card, *, key: str, repeat: bool, quiet: bool) -> MessageRef:
        self.posts.append((to, card))
        return MessageRef(f"m{len(self.posts)}")

    async def edit(self, message: MessageRef, card: Card) -> None:
        self.edits += 1

    async def find(self, to: Address, *, key: str) -> MessageRef | None:
        return None

    async def whisper(self, to: Address, only: Identity, card: Card, *, key: str) -> None:
        self.posts.append((to, card))

    async def ask(self, who: Identity, place: Address, trigger: str, form: Form) -> None:
        if self.shows_no_forms:
            raise Undelivered("the window is gone")
        self.asked.append(form)

    async def start(self, intake: Intake) -> None:
        self.intake, self.is_up = intake, True

    async def stop(self) -> None:
        self.is_up = False

    def to(self, address: str) -> list[Card]:
        return [card for place, card in self.posts if place == address]


async def an_app(store: SqlStore, clock: Clock, chat: Chat) -> App:
    time = DeskTime(clock.wall, clock.mono, await store.reads.last_seen())
    people = AddressBook(RULES.people, await store.reads.profiles())
    return App(rules=RULES, store=store, timepiece=time, people=people, texts=texts(), platforms={"local": chat})


@asynccontextmanager
async def working(database: Path, clock: Clock, chat: Chat) -> AsyncIterator[tuple[App, SqlStore]]:
    store = await open_store(database, now=clock.wall())
    try:
        async with at_work(await an_app(store, clock, chat)) as app:
            yield app, store
    finally:
        await store.close()


def raw(key: str, **body: str) -> RawIncoming:
    return RawIncoming(key, "local", f"dm:{body.get('as', '')}", json.dumps(body))


def an_arrival(key: str, body: str, *, platform: str = "local") -> Arrival:
    return Arrival(key, platform, key, body, datetime(2026, 3, 4, tzinfo=UTC))


async def put_aside(store: SqlStore) -> dict[str, str]:
    async with store.transaction() as unit:
        rows = await unit.connection.execute(text("SELECT key, reason FROM inbox WHERE reason <> ''"))
        return {row.key: row.reason for row in rows.all()}


@virtual
async def test_what_is_said_becomes_a_ticket_and_everybody_hears_of_it(database: Path, clock: Clock) -> None:
    chat = Chat()

    async with working(database, clock, chat) as (app, _):
        assert await app.intake.keep(raw("k1", **{"as": "mei", "text": CRY}))
        again = await app.intake.keep(raw("k1", **{"as": "mei", "text": CRY}))
        await app.until_at_rest()
        filed = await app.reads.tickets()

    assert not again
    assert [(one.ticket.requester, one.ticket.words) for one in filed] == [(MEI, CRY)]
    assert chat.to("local:dm:mei")
    assert chat.to("local:channel:desk")
    assert not chat.is_up


@virtual
async def test_time_calls_people_by_itself(database: Path, clock: Clock) -> None:
    chat = Chat()

    async with working(database, clock, chat) as (app, store):
        await app.desk.do(raising())
        await app.until_at_rest()
        before, following = len(chat.to("local:dm:chen")), await app.next_moment()
        await clock.passes(minutes=5, seconds=1)
        await app.until_at_rest()
        history = await store.reads.history(ONE)

    assert before == 0
    assert len(chat.to("local:dm:chen")) == 1
    assert following is not None
    assert [line.name for line in history] == ["raised", "called", "called"]
    assert timedelta() <= history[-1].at - following < timedelta(seconds=1)


@virtual
async def test_what_was_missed_is_said_before_the_desk_is_ready(database: Path, clock: Clock) -> None:
    chat = Chat()
    async with working(database, clock, chat) as (app, _):
        await app.desk.do(raising())
        await app.until_at_rest()
    await clock.passes(minutes=47)

    async with working(database, clock, chat) as (app, store):
        ready = await happened(store)
        down = app.down

    assert ready == ["raised", "called", "broken", "broken", "called"]
    assert down is not None
    assert timedelta(minutes=46) < down.until - down.since <= timedelta(minutes=47, seconds=1)


@virtual
async def test_what_cannot_be_read_is_put_aside_and_noise_is_settled(database: Path, clock: Clock) -> None:
    async with working(database, clock, Chat()) as (app, store):
        for number, body in enumerate(("not json", '{"noise": 1}', '{"as": "mei", "text": "help"}')):
            await app.reception.keep(an_arrival(f"k{number}", body))
        await app.until_at_rest()
        aside, waiting = await put_aside(store), await app.desk.chore(AllPending())

    assert aside == {"k0": "it cannot be read"}
    assert waiting == []


@virtual
async def test_an_arrival_of_a_platform_that_is_gone_takes_nobody_down(database: Path, clock: Clock) -> None:
    store = await open_store(database, now=clock.wall())
    await keep(store, an_arrival("k1", "{}", platform="slack"))
    await store.close()

    async with working(database, clock, Chat()) as (app, store):
        await app.until_at_rest()
        await app.intake.keep(raw("k2", **{"as": "mei", "text": CRY}))
        await app.until_at_rest()
        aside, tickets = await put_aside(store), await app.reads.tickets()

    assert aside == {"k1": "no platform slack is set up"}
    assert len(tickets) == 1


@pytest.mark.parametrize("shows_no_forms", [False, True])
@virtual
async def test_a_form_is_shown_and_when_that_fails_the_desk_goes_on(
    database: Path, clock: Clock, shows_no_forms: bool
) -> None:
    chat = Chat(shows_no_forms=shows_no_forms)

    async with working(database, clock, chat) as (app, _):
        await app.desk.do(raising())
        await app.intake.keep(raw("k1", **{"as": "lin", "wish": "resolve:1"}))
        await app.until_at_rest()
        waiting = await app.desk.chore(AllPending())

    assert len(chat.asked) == (0 if shows_no_forms else 1)
    assert waiting == []


@virtual
async def test_a_look_that_fails_does_not_stop_time(
    database: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat()

    async with working(database, clock, chat) as (app, store):
        await app.desk.do(raising())
        look, failures = app.watch.look, iter([LookupError("a bug"), OSError("a disk")])

        async def sometimes() -> int:
            for failure in failures:
                raise failure
            return await look()

        monkeypatch.setattr(app.watch, "look", sometimes)
        await clock.passes(minutes=6)
        history = await happened(store)

    assert history == ["raised", "called", "called"]
    assert next(failures, None) is None


@virtual
async def test_a_fenced_desk_stops_altogether(database: Path, clock: Clock) -> None:
    store = await open_store(database, now=clock.wall())
    app = await an_app(store, clock, Chat())
    running = asyncio.create_task(app.run())
    await app.until_ready()

    async with store.transaction() as unit:
        await unit.connection.execute(text("UPDATE instance SET epoch = epoch + 1"))
    await clock.passes(seconds=30)

    assert running.done()
    with pytest.raises(BaseExceptionGroup) as stopped:
        await running
    assert stopped.group_contains(Fenced)
    await store.close()


@virtual
async def test_a_stop_does_not_wait_long_for_what_hangs_and_loses_nothing(
    database: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = Chat()

    async def hangs(*_: object) -> None:
        await clock.passes(hours=9)

    async with working(database, clock, chat) as (app, _):
        await app.desk.do(raising())
        monkeypatch.setattr(app._dispatcher, "handle", hangs)
        for key in ("k1", "k2"):
            await app.intake.keep(raw(key, **{"as": "mei", "text": CRY}))
        await clock.passes(seconds=1)
        before = clock.mono()
    took = clock.mono() - before

    assert took < GRACE_S + 1
    async with working(database, clock, chat) as (app, _):
        await app.until_at_rest()
        filed, left = await app.reads.tickets(), await app.desk.chore(AllPending())
    assert len(filed) == 3
    assert left == []


@virtual
async def test_the_desk_is_not_at_rest_while_something_is_due_or_in_hand(database: Path, clock: Clock) -> None:
    async with working(database, clock, Chat()) as (app, _):
        await app.until_at_rest()
        at_first = await app.at_rest()
        keeping = asyncio.create_task(app.intake.keep(raw("k1", **{"as": "mei", "text": CRY})))
        await asyncio.sleep(0)
        meanwhile = await app.at_rest()
        await keeping
        kept = await app.at_rest()
        await app.until_at_rest()

        assert (at_first, meanwhile, kept) == (True, False, False)
        assert await app.reads.waiting_letters() == 0
        assert await app.reads.waiting_arrivals() == 0


@virtual
async def test_an_app_that_cannot_start_says_why(database: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = Chat()

    async def fails(_: Intake) -> None:
        raise OSError("the port is taken")

    monkeypatch.setattr(chat, "start", fails)

    with pytest.raises(BaseExceptionGroup) as failed:
        async with working(database, clock, chat):
            raise AssertionError("it is not ready")
    assert failed.group_contains(OSError)
