"""One parcel: looked for if it may stand there already, drawn, handed to the platform, and what came of it."""

from __future__ import annotations

import asyncio
import random
import traceback
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.chat.incoming import Address, Identity, MessageRef, platform_of
from bot.chat.port import Platform, Undelivered
from bot.engine import bundle
from bot.engine.backoff import Chance, asked_for, backoff
from bot.engine.lane import Parcel, is_page
from bot.services import failpoint
from bot.services.drawn import Drawn
from bot.services.ports import Buried, Fate, Moot, Outgoing, Postponed, Sent, Timepiece

BEFORE_SEND = failpoint.declare("relay.before_send")
AFTER_SEND = failpoint.declare("relay.after_send")
BEFORE_FIND = failpoint.declare("relay.before_find")
AFTER_FIND = failpoint.declare("relay.after_find")
BEFORE_EDIT = failpoint.declare("relay.before_edit")
AFTER_EDIT = failpoint.declare("relay.after_edit")

Draw = Callable[[Sequence[Outgoing], datetime], Awaitable[Drawn | None]]
"""The card of a letter, or one card for several of the same address. None when it need not be said any more."""

SEND_WITHIN_S = 20.0
"""Longer than any adapter waits by itself."""

GIVE_UP_AFTER = timedelta(hours=24)
MOST_EDITS = 2000
"""Tries at one edit: about as many as fit into the time after which a letter is given up."""
MOST_BUGS = 5

_MINUTE = timedelta(minutes=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rest:
    """The platform asked for silence: at this address, or everywhere."""

    wait: timedelta
    everyone: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of each letter of a parcel."""

    fates: Sequence[Fate]
    rest: Rest | None = None


@dataclass(slots=True)
class _Try:
    parcel: Parcel
    platform: Platform
    is_out: bool = False
    """It may have reached the platform."""

    @property
    def outgoings(self) -> tuple[Outgoing, ...]:
        return self.parcel.outgoings

    @property
    def is_bundle(self) -> bool:
        return self.parcel.edits is None and len(self.outgoings) > 1

    @property
    def leaves_doubt(self) -> bool:
        """If it ends without an answer, it may stand there all the same. An edit can simply be made again."""
        return self.is_out and self.parcel.edits is None


class Sender:
    """Knows how to send, not when."""

    def __init__(
        self,
        platforms: Mapping[str, Platform],
        draw: Draw,
        timepiece: Timepiece,
        *,
        bundles: Collection[str],
        chance: Chance = random.random,
    ) -> None:
        self._platforms = platforms
        self._draw = draw
        self._time = timepiece
        self._bundles = bundles
        self._chance = chance
        self._alone: set[str] = set()
        self._bugs: Counter[str] = Counter()

    def may_bundle(self, outgoing: Outgoing) -> bool:
        """It may share a message with others."""
        letter = outgoing.letter
        return letter.about in self._bundles and not letter.only and letter.key not in self._alone

    async def send(self, parcel: Parcel) -> Outcome:
        """Tried once. Raises nothing: what goes wrong is the fate of these letters."""
        platform = self._platforms.get(platform_of(Address(parcel.outgoings[0].letter.to)))
        if platform is None:
            return Outcome([Buried(outgoing, "this platform is not configured") for outgoing in parcel.outgoings])
        attempt = _Try(parcel, platform)
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                fates = await (self._post(attempt) if parcel.edits is None else self._edit(attempt, parcel.edits))
        except Undelivered as no:
            return self._undelivered(attempt, no)
        except TimeoutError:
            return self._undelivered(attempt, Undelivered("no answer in time", maybe_sent=attempt.is_out))
        except Exception as bug:
            if self._is_new(parcel):
                log.error("letter_botched", key=parcel.key, letters=len(parcel.outgoings), bug=where(bug))
            return Outcome(self._botched(attempt, f"bug: {where(bug)}"))
        self._is_well(parcel)
        return Outcome(fates)

    def handed_back(self, outgoings: Sequence[Outgoing], wait_s: float = 0.0) -> list[Fate]:
        """They were not tried; they wait in the database, at least so long."""
        until = self._after(wait_s)
        return [Postponed(outgoing, until, "waits its turn", outgoing.maybe_sent) for outgoing in outgoings]

    # --- a message ---------------------------------------------------------------------------------------------------

    async def _post(self, attempt: _Try) -> list[Fate]:
        first = attempt.outgoings[0]
        if first.maybe_sent and not first.letter.only:
            failpoint.hit(BEFORE_FIND)
            found = await self._found(attempt)
            failpoint.hit(AFTER_FIND)
            if found:
                return found
        said, drawn = await self._drawn(attempt.outgoings)
        if drawn is None:
            return [Moot(outgoing) for outgoing in attempt.outgoings]
        failpoint.hit(BEFORE_SEND)
        attempt.is_out = True
        message = await self._hand_over(attempt, drawn)
        failpoint.hit(AFTER_SEND)
        log.debug("letter_sent", to=first.letter.to, about=first.letter.about, letters=len(said))
        return [
            *(_sent(outgoing, message, drawn) for outgoing in bundle.remembering(said)),
            *(Moot(outgoing) for outgoing in attempt.outgoings if outgoing not in said),
        ]

    async def _found(self, attempt: _Try) -> list[Fate]:
        """What an earlier try delivered after all: everything, or of a bundle perhaps only its first letter."""
        outgoings = attempt.outgoings
        to = Address(outgoings[0].letter.to)
        message = await attempt.platform.find(to, key=attempt.parcel.key)
        if message is not None:
            return [Sent(outgoing, message) for outgoing in bundle.remembering(outgoings)]
        if len(outgoings) == 1:
            return []
        message = await attempt.platform.find(to, key=outgoings[0].letter.key)
        if message is None:
            return []
        return [Sent(outgoings[0], message), *self.handed_back(outgoings[1:])]

    async def _drawn(self, outgoings: Sequence[Outgoing]) -> tuple[Sequence[Outgoing], Drawn | None]:
        """Those that are worth saying now, and the card that says them."""
        now = self._time.now()
        drawn = await self._draw(outgoings, now)
        if drawn is None or len(outgoings) == 1:
            return outgoings, drawn
        if drawn.versions:
            said = [one for one in outgoings if one.letter.ticket is None or one.letter.ticket in drawn.versions]
        else:
            said = [one for one in outgoings if await self._draw([one], now) is not None]
        return (said or outgoings, drawn) if len(said) != 1 else (said, await self._draw(said, now))

    async def _hand_over(self, attempt: _Try, drawn: Drawn) -> str:
        first = attempt.outgoings[0]
        to, key = Address(first.letter.to), attempt.parcel.key
        if first.letter.only:
            await attempt.platform.whisper(to, Identity(first.letter.only), drawn.card, key=key)
            return ""
        return await attempt.platform.post(to, drawn.card, key=key, repeat=first.maybe_sent, quiet=drawn.quiet)

    # --- an edit -----------------------------------------------------------------------------------------------------

    async def _edit(self, attempt: _Try, message: str) -> list[Fate]:
        stale = attempt.outgoings
        drawn = await self._draw(bundle.sharing(stale[0]), self._time.now())
        if drawn is None:
            return [Moot(outgoing) for outgoing in stale]
        if all(outgoing.drawn_hash == drawn.hash for outgoing in stale):
            return [Moot(outgoing, drawn.version_of(outgoing.letter.ticket)) for outgoing in stale]
        failpoint.hit(BEFORE_EDIT)
        attempt.is_out = True
        await attempt.platform.edit(MessageRef(message), drawn.card)
        failpoint.hit(AFTER_EDIT)
        return [_sent(outgoing, message, drawn) for outgoing in stale]

    # --- when it was not delivered -----------------------------------------------------------------------------------

    def _undelivered(self, attempt: _Try, no: Undelivered) -> Outcome:
        if no.forever:
            if attempt.is_bundle:  # perhaps it is only the bundle that is refused
                return Outcome(self._one_by_one(attempt, no.reason))
            return Outcome([Buried(outgoing, no.reason) for outgoing in attempt.outgoings])
        in_doubt = no.maybe_sent and attempt.parcel.edits is None
        attempts = max(outgoing.attempts for outgoing in attempt.outgoings)
        if no.retry_after is None:
            rest, wait = None, backoff(attempts, maybe_sent=in_doubt, chance=self._chance)
        else:
            wait = asked_for(no.retry_after)
            rest = Rest(wait, no.everyone)
        _log_postponed(attempt, no, attempts, wait)
        until = self._after(wait.total_seconds())
        fates: list[Fate] = [
            Buried(outgoing, f"given up: {no.reason}")
            if self._is_too_old(outgoing)
            else Postponed(outgoing, until, no.reason, outgoing.maybe_sent or in_doubt)
            for outgoing in attempt.outgoings
        ]
        return Outcome(fates, rest)

    def _is_new(self, parcel: Parcel) -> bool:
        self._bugs[parcel.key] += 1
        return self._bugs[parcel.key] == 1

    def _botched(self, attempt: _Try, reason: str) -> list[Fate]:
        """A bug of ours: the letter is tried a few times more, and the others go on."""
        if attempt.is_bundle:
            return self._one_by_one(attempt, reason)
        times = self._bugs[attempt.parcel.key]
        if times >= MOST_BUGS:
            self._is_well(attempt.parcel)
            return [Buried(outgoing, reason) for outgoing in attempt.outgoings]
        wait = backoff(times, maybe_sent=attempt.leaves_doubt, chance=self._chance)
        return self._postponed(attempt, self._after(wait.total_seconds()), reason)

    def _one_by_one(self, attempt: _Try, reason: str) -> list[Fate]:
        self._bugs.pop(attempt.parcel.key, None)
        self._alone.update(outgoing.letter.key for outgoing in attempt.outgoings)
        return self._postponed(attempt, self._time.now(), reason)

    def _postponed(self, attempt: _Try, until: datetime, reason: str) -> list[Fate]:
        return [
            Postponed(outgoing, until, reason, outgoing.maybe_sent or attempt.leaves_doubt)
            for outgoing in attempt.outgoings
        ]

    def _is_well(self, parcel: Parcel) -> None:
        self._bugs.pop(parcel.key, None)
        self._alone.difference_update(outgoing.letter.key for outgoing in parcel.outgoings)

    def _is_too_old(self, outgoing: Outgoing) -> bool:
        if outgoing.message is not None:
            return outgoing.attempts >= MOST_EDITS
        since = max(outgoing.written_at, outgoing.letter.not_before or outgoing.written_at)
        return not is_page(outgoing) and self._time.now() - since > GIVE_UP_AFTER

    def _after(self, wait_s: float) -> datetime:
        """The moment of the desk's time at which so many real seconds will be over."""
        now = self._time.now()
        minute_s = self._time.real_seconds_until(now + _MINUTE)
        return now + _MINUTE * (wait_s / minute_s) if minute_s > 0 else now


def where(trouble: BaseException) -> str:
    """Its kind and where it happened, without what it says: that may be the words of a person."""
    frames = traceback.extract_tb(trouble.__traceback__)[-2:]
    return " < ".join([type(trouble).__name__, *(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))])


def _sent(outgoing: Outgoing, message: str, drawn: Drawn) -> Sent:
    return Sent(outgoing, message, drawn.version_of(outgoing.letter.ticket), drawn.hash)


def _log_postponed(attempt: _Try, no: Undelivered, attempts: int, wait: timedelta) -> None:
    first = attempt.outgoings[0].letter
    log.warning(
        "letter_postponed" if attempt.parcel.edits is None else "edit_postponed",
        to=first.to,
        about=first.about,
        letters=len(attempt.outgoings),
        attempts=attempts,
        why=no.reason,
        maybe_sent=no.maybe_sent,
        wait_s=round(wait.total_seconds(), 3),
    )
