"""The composition root: the only room that knows every other; it starts and stops them in order."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.chat.incoming import Besides
from bot.chat.port import Intake, Platform, RawIncoming, Undelivered
from bot.classifier import Classification, Context, ServiceEntry, classify
from bot.domain.commands import Downtime
from bot.domain.covers import in_force
from bot.domain.refusals import Refusal
from bot.domain.rules import Rules
from bot.engine.alarm import Alarm
from bot.engine.relay import Relay
from bot.services import failpoint
from bot.services.auditor import Auditor, Machine, Report
from bot.services.covers import Covers
from bot.services.desk import Committed, Desk
from bot.services.directory import AddressBook
from bot.services.drills import OURS, drill_of, due_drills
from bot.services.feeds import Feeds, Fetch
from bot.services.ladder import Ladder
from bot.services.policies import KeepPolicies
from bot.services.ports import Arrival, Fenced, Reads, Road, Store, Timepiece
from bot.services.reception import PutAside, Reception
from bot.services.roads import Roads, way_in
from bot.services.watch import Watch
from handlers.dispatch import Dispatcher
from handlers.drawing import BUNDLES, Drawer
from handlers.house import House
from handlers.speech import Texts
from handlers.turn import Ask

BEFORE_READY = failpoint.declare("start.before_ready")
AFTER_READY = failpoint.declare("start.after_ready")
BEFORE_FORM = failpoint.declare("form.before_asking")
AFTER_FORM = failpoint.declare("form.after_asking")
TOLD_TO_STOP = failpoint.declare("stop.told")
RECEIVED_ALL = failpoint.declare("stop.received_all")
SENT_ALL = failpoint.declare("stop.sent_all")

SWEEP = timedelta(seconds=5)

GRACE_S = 2.0
"""How long a stop waits for what is being handled; the rest waits on the disk. With the page's three seconds and the
relay's four the desk is gone within ten."""

STIRS_S = 0.01
"""How long at most until somebody who waits for rest looks again: the end of a piece of work rings no bell."""

log = structlog.get_logger(__name__)


class App:
    """One desk: the door, and everybody who knocks at it."""

    def __init__(
        self,
        *,
        rules: Rules,
        store: Store,
        timepiece: Timepiece,
        people: AddressBook,
        texts: Texts,
        platforms: Mapping[str, Platform],
        sweep: timedelta = SWEEP,
        roads: Iterable[Road] = (),
        machine: Callable[[], Machine] = Machine,
        audited: Callable[[Report], None] = lambda _: None,
        fetch: Fetch | None = None,
    ) -> None:
        """`roads`: what is known of them from before. `audited` hears of every report of the auditor. `fetch` gets the
        calendars of rotas that live elsewhere; without it they are not read."""
        self.reads: Reads = store.reads
        self.time = timepiece
        self.people = people
        self.platforms = platforms
        self.desk = Desk(store, rules, timepiece, people, on_commit=self._committed)
        self.alarm = Alarm(timepiece, sweep=sweep)
        self.roads = Roads(roads)
        self.auditor = Auditor(
            self.desk, self.reads, timepiece, self.roads, machine=machine, ring=self.alarm.ring, told=audited
        )
        self.covers = Covers(self.desk, timepiece, on_change=self._covered)
        self.feeds = (
            None
            if fetch is None
            else Feeds(self.desk, self.reads, timepiece, self.roads, fetch, on_change=self._covered)
        )
        house = House(
            texts=texts,
            desk=self.desk,
            reads=self.reads,
            directory=people,
            clock=timepiece,
            read_words=_reader_of_words(rules),
            covers=self.covers,
            outside=frozenset(name for name, one in platforms.items() if getattr(one, "outside", False)),
        )
        self._dispatcher = Dispatcher(house)
        self.reception = Reception(self.desk, self._handle)
        self.relay = Relay(
            door=self.desk,
            reads=self.reads,
            platforms=platforms,
            draw=Drawer(house).draw,
            timepiece=timepiece,
            bundles=BUNDLES,
            on_buried=lambda _: self.alarm.ring(),
        )
        self.ladder = Ladder(self.desk, self.reads, timepiece, on_letters=self.relay.ring)
        self.watch = Watch(self.desk, self.reads, timepiece, arm=self.alarm.ring_at, on_letters=self.relay.ring)
        self.down: Downtime | None = None
        self._ready = asyncio.Event()
        self._stopping = asyncio.Event()
        self._stirred = asyncio.Event()
        self.ended = asyncio.Event()
        self._looking = False
        self._drills: set[str] = set()

    @property
    def rules(self) -> Rules:
        """Those by which the desk decides now."""
        return self.desk.rules

    async def run(self) -> None:
        """Works until `stop`. Then: nothing new comes in, what was begun is finished, and the disk has it all.
        `ended` is set however it ends."""
        try:
            await self._work()
        finally:
            self.ended.set()

    async def _work(self) -> None:
        agreed = in_force(await self.reads.covers(self.time.now()))
        self.desk.renew(replace(self.desk.rules, covers=agreed))
        async with asyncio.TaskGroup() as rooms:
            rooms.create_task(self.desk.run(), name="desk")
            kept = await self.desk.chore(KeepPolicies(self.rules))
            self.desk.renew(replace(self.rules, kept_policies=kept))
            if self.feeds is not None:
                await self.feeds.recall()
            self.down = await self.watch.wake_up()
            if self.down is not None:
                log.warning("was_down", since=self.down.since.isoformat(), until=self.down.until.isoformat())
            self.alarm.start()
            await self.watch.look()
            watching = rooms.create_task(self._watch(), name="watch")
            relaying = rooms.create_task(self.relay.run(), name="relay")
            receiving = rooms.create_task(self.reception.run(), name="reception")
            for platform in self.platforms.values():
                await platform.start(_Intake(self.reception, self.time))
            rooms.create_task(self._review(), name="review")
            auditing = rooms.create_task(self._audit(), name="auditor")
            following = None if self.feeds is None else rooms.create_task(self.feeds.run(), name="feeds")
            quiet_collector()
            failpoint.hit(BEFORE_READY)
            self._ready.set()
            failpoint.hit(AFTER_READY)
            await self._stopping.wait()
            failpoint.hit(TOLD_TO_STOP)
            self.reception.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(receiving, GRACE_S)
            failpoint.hit(RECEIVED_ALL)
            self.alarm.stop()
            watching.cancel()
            auditing.cancel()
            if following is not None:
                following.cancel()
            self.relay.close()
            await relaying
            failpoint.hit(SENT_ALL)
            for platform in self.platforms.values():
                await platform.stop()  # not before: what is under way could not arrive
            self.desk.close()

    async def until_ready(self) -> None:
        """Everything works; what fell due while the desk was down has been said."""
        await self._ready.wait()

    def stop(self) -> None:
        """`run` comes to its end."""
        self._stopping.set()

    @property
    def intake(self) -> Intake:
        """Where an adapter that listens by itself brings what came in."""
        return _Intake(self.reception, self.time)

    async def at_rest(self) -> bool:
        """Nothing that could be done now is left to do: demonstrations and tests wait for this."""
        if self.alarm.is_ringing or self._looking:
            return False
        if self.reception.is_busy or self.desk.is_busy or self.relay.is_busy:
            return False
        now = self.time.now()
        due = await self.reads.next_wake()
        letter = await self.reads.next_letter(now)
        return (due is None or due > now) and (letter is None or letter > now)

    async def until_at_rest(self) -> None:
        """Returns when nothing is left to do now."""
        while not await self.at_rest():
            self._stirred.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stirred.wait(), STIRS_S)

    async def next_moment(self) -> datetime | None:
        """When something will happen by itself next: a promise, a call, a digest, a letter that waits."""
        moments = (await self.watch.next_moment(), await self.reads.next_letter(self.time.now()))
        return min(filter(None, moments), default=None)

    async def _watch(self) -> None:
        while True:
            await self.alarm.wait()
            self._looking = True
            for look in (self.watch.look, self.ladder.look, self._keep_drills):
                await self._unhindered(look)
            self._looking = False

    async def _audit(self) -> None:
        """A look that fails is a report that never came: /health and the heartbeat say so."""
        while True:
            await self._unhindered(self.auditor.look)
            await asyncio.sleep(self.auditor.pause_s)

    async def _unhindered(self, look: Callable[[], Awaitable[object]]) -> None:
        """Time must not stop for one fault: the others look all the same, and so does this one the next time."""
        try:
            await look()
        except Fenced:
            raise
        except Exception:
            log.exception("look_failed", look=getattr(look, "__qualname__", ""))

    async def _review(self) -> None:
        """In the background: a policy may have changed while the desk was down, and open tickets may be many."""
        count = await self.watch.review()
        if count:
            log.info("deadlines_reviewed", tickets=count, rules=self.rules.version)

    async def _keep_drills(self) -> None:
        """Each drill that is due is asked for once; the inbox knows those that were."""
        for wanted in due_drills(self.desk.rules, self.time.now()):
            arrival = wanted.arrival()
            if arrival.key not in self._drills:
                await self.reception.keep(arrival)
                self._drills.add(arrival.key)

    async def _drill(self, arrival: Arrival) -> None:
        try:
            await self.desk.do(drill_of(arrival.body, self.desk.rules), cause=arrival.key)
        except (ValueError, Refusal) as no:
            log.error("drill_not_held", key=arrival.key, why=type(no).__name__)
            await self.desk.chore(PutAside(arrival.key, "no such drill can be held"))

    def _covered(self) -> None:
        """Somebody else is on call, perhaps from now on: they are told, and the next handover is armed."""
        self.relay.ring()
        self.alarm.ring()

    def _committed(self, done: Committed) -> None:
        self._stirred.set()
        if done.letters:
            self.relay.ring()
        if done.wake_at is not None:
            self.alarm.ring_at(done.wake_at)

    async def _handle(self, arrival: Arrival) -> None:
        self.desk.counts.arrivals[(arrival.platform,)] += 1
        self.roads.proved(way_in(arrival.platform), self.time.now())
        if arrival.platform == OURS:
            await self._drill(arrival)
            return
        platform = self.platforms.get(arrival.platform)
        if platform is None:
            log.error("arrival_of_nowhere", key=arrival.key, platform=arrival.platform)
            await self.desk.chore(PutAside(arrival.key, f"no platform {arrival.platform} is set up"))
            return
        try:
            incoming = platform.parse(RawIncoming(arrival.key, arrival.platform, arrival.lane, arrival.body))
        except ValueError as malformed:
            log.error("arrival_malformed", key=arrival.key, why=type(malformed).__name__)
            await self.desk.chore(PutAside(arrival.key, "it cannot be read"))
            return
        if incoming is None:
            await self.desk.settle_arrival(arrival.key)
            return
        if isinstance(incoming, Besides):
            await self.desk.chore(PutAside(arrival.key, f"nobody here answers to {type(incoming).__name__}"))
            return
        answer = await self._dispatcher.handle(incoming)
        if isinstance(answer, Ask):
            trigger = getattr(incoming, "trigger", "") or arrival.key
            try:
                failpoint.hit(BEFORE_FORM)
                await platform.ask(incoming.author, incoming.place, trigger, answer.form)
                failpoint.hit(AFTER_FORM)
            except Undelivered as no:
                log.warning("form_not_shown", key=arrival.key, why=no.reason)


@dataclass(frozen=True, slots=True)
class _Intake:
    """From a platform to the reception: stamped with the desk's time."""

    reception: Reception
    time: Timepiece

    async def keep(self, raw: RawIncoming) -> bool:
        return await self.reception.keep(Arrival(raw.key, raw.platform, raw.lane, raw.body, self.time.now()))


@dataclass(frozen=True, slots=True)
class _ReadWords:
    context: Context

    def __call__(self, text: str) -> Classification:
        return classify(text, context=self.context)


def _reader_of_words(rules: Rules) -> _ReadWords:
    return _ReadWords(catalogue(rules))


def catalogue(rules: Rules) -> Context:
    """The services of the desk, as the classifier wants to know them."""
    entries = (
        ServiceEntry(one.id, tuple(one.names.values()), one.aliases, one.keywords) for one in rules.services.values()
    )
    return Context(services=tuple(entries))


def quiet_collector() -> None:
    """What is there after the start stays: the garbage collector need not look at it again, and in a storm of requests
    it looks at the rest less often. Measured: a fifth more tickets a second, and a quarter of the longest waits."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@asynccontextmanager
async def at_work(app: App) -> AsyncIterator[App]:
    """The app is ready within the block and has stopped in good order after it."""
    running = asyncio.ensure_future(app.run())
    ready = asyncio.ensure_future(app.until_ready())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    if running.done():
        ready.cancel()
        await running
    try:
        yield app
    finally:
        app.stop()
        await running
