"""Covers through the door: asked for or settled in one transaction with the letters, and in force once committed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.announce import Urgency
from bot.domain.covers import (
    CoverRequest,
    CoverState,
    Wish,
    agree,
    are_swap,
    ask,
    decline,
    in_force,
    overlapping,
    relieved_by,
    teams_of,
    withdraw,
)
from bot.domain.ids import CoverId, PersonId
from bot.domain.oncall import Cover
from bot.domain.refusals import NotFound
from bot.domain.rules import Rules
from bot.services.desk import Chore, Desk
from bot.services.ports import Directory, Letter, Timepiece, Unit

ASKED = "cover_asked"
"""To whoever has to consent."""
SETTLED = "cover_settled"
"""To everybody it concerns but the one who settled it."""
AGREED = "cover_agreed"
"""To the channels of the teams: what holds now. With the state withdrawn or ended: what holds no more."""
ENDED = "ended"
"""The state that letters tell of a cover that was taken back after it had begun."""

JUST_NOW = timedelta(minutes=1)
"""So long a cover that is over stays among those in force: whoever looks for the handover at its end must see it."""


class Word(StrEnum):
    """What somebody says to a request."""

    AGREE = "agree"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class CoverNews:
    """What became of a request (of a swap: of the half asked for), and all covers in force after that."""

    request: CoverRequest
    covers: tuple[Cover, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCover:
    """A chore: the request is written down, with its letters; `cause`, the arrival it came from, is done. Raises
    Refusal: nothing was written."""

    wish: Wish
    rules: Rules
    directory: Directory
    now: datetime
    cause: str | None = None
    letters: Sequence[Letter] = ()

    async def apply(self, unit: Unit) -> CoverNews:
        rules = await _in_force(unit, self.rules, self.now)
        made = ask(self.wish, rules, self.now)
        numbers = await unit.add_covers(made)
        filed = [replace(one, id=number) for one, number in zip(made, numbers, strict=True)]
        covers = in_force(await unit.covers(self.now - JUST_NOW))
        told = _Telling(filed, self.wish.by, filed[0].state, replace(rules, covers=covers), self.directory)
        await _close(unit, self, told)
        return CoverNews(filed[0], covers)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleCover:
    """A chore: the request (of a swap both halves) is agreed to, declined or taken back, with its letters;
    `cause`, the arrival it came from, is done. Raises Refusal: nothing was written."""

    cover: CoverId
    word: Word
    by: PersonId
    rules: Rules
    directory: Directory
    now: datetime
    cause: str | None = None
    letters: Sequence[Letter] = ()

    async def apply(self, unit: Unit) -> CoverNews:
        rules = await _in_force(unit, self.rules, self.now)
        halves = await self._halves(unit)
        settled = [self._settle(one, rules, is_swap=len(halves) > 1) for one in halves]
        await unit.change_covers(settled)
        covers = in_force(await unit.covers(self.now - JUST_NOW))
        held = halves[0].state is CoverState.AGREED
        state = self._state(settled[0])
        told = _Telling(settled, self.by, state, replace(rules, covers=covers), self.directory, held)
        await _close(unit, self, told)
        return CoverNews(settled[0], covers)

    async def _halves(self, unit: Unit) -> list[CoverRequest]:
        """The request, or both of a swap. What is over already of a swap stays as it is."""
        found = await unit.cover(self.cover)
        if found is None or found.rota not in self.rules.rotas:
            raise NotFound(ref=f"#{self.cover}")
        others = [one for one in await unit.covers(self.now) if are_swap(found, one) and one.state is found.state]
        return sorted((found, *others), key=lambda one: one.id)

    def _settle(self, request: CoverRequest, rules: Rules, *, is_swap: bool) -> CoverRequest:
        match self.word:
            case Word.AGREE:
                return agree(request, self.by, rules, self.now)
            case Word.DECLINE:
                return decline(request, self.by, rules, self.now)
            case Word.WITHDRAW:
                return withdraw(request, self.by, rules, self.now, is_swap=is_swap)

    def _state(self, settled: CoverRequest) -> str:
        return ENDED if self.word is Word.WITHDRAW and settled.state is CoverState.AGREED else settled.state


class Covers:
    """Asks and settles for those who know nobody but the desk. `on_change` is told after each commit: there are letters
    to send, and the next handover may be another."""

    def __init__(self, desk: Desk, timepiece: Timepiece, *, on_change: Callable[[], None] = lambda: None) -> None:
        self._desk = desk
        self._time = timepiece
        self._on_change = on_change

    async def ask(self, wish: Wish, *, cause: str | None = None, letters: Sequence[Letter] = ()) -> CoverRequest:
        """The request as it was written down; it holds already when nobody has to consent. Raises Refusal."""
        return await self._through(
            AskCover(
                wish=wish,
                rules=self._desk.rules,
                directory=self._desk.directory,
                now=self._time.now(),
                cause=cause,
                letters=letters,
            )
        )

    async def settle(
        self,
        cover: CoverId,
        word: Word,
        by: PersonId,
        *,
        cause: str | None = None,
        letters: Sequence[Letter] = (),
    ) -> CoverRequest:
        """The request as it is now. Raises Refusal."""
        return await self._through(
            SettleCover(
                cover=cover,
                word=word,
                by=by,
                rules=self._desk.rules,
                directory=self._desk.directory,
                now=self._time.now(),
                cause=cause,
                letters=letters,
            )
        )

    async def _through(self, chore: Chore[CoverNews]) -> CoverRequest:
        return (await self._desk.chore(chore, on_done=self._renew)).request

    def _renew(self, news: CoverNews) -> None:
        self._desk.renew(replace(self._desk.rules, covers=news.covers))
        self._on_change()


@dataclass(frozen=True, slots=True)
class _Telling:
    """Who hears of it: of a swap once, by its first half."""

    halves: Sequence[CoverRequest]
    by: PersonId
    state: str
    rules: Rules
    directory: Directory
    held: bool = False
    """It was in force before."""

    def letters(self) -> Iterator[Letter]:
        request = self.halves[0]
        if self.state == CoverState.ASKED:
            yield from self._to_people([request.asks] if request.asks is not None else [], ASKED)
            return
        concerned = (request.asked_by, request.person, *relieved_by(request, self.rules))
        yield from self._to_people([one for one in dict.fromkeys(concerned) if one != self.by], SETTLED)
        if self.state == CoverState.AGREED or self.held:
            yield from self._to_channels()

    def _to_people(self, people: Collection[PersonId], about: str) -> Iterator[Letter]:
        for person in people:
            to = self.directory.address_of(person)
            if to is not None:
                yield self._letter(f"person:{person}", to, about)

    def _to_channels(self) -> Iterator[Letter]:
        for team in teams_of(self.halves[0].rota, self.rules):
            if team.channel is not None:
                yield self._letter(f"team:{team.id}", team.channel, AGREED)

    def _letter(self, reader: str, to: str, about: str) -> Letter:
        return Letter(
            key=f"cover:{self.halves[0].id}:{self.state}:{reader}",
            to=to,
            reader=reader,
            about=about,
            urgency=Urgency.SOON,
            facts=self._facts(),
        )

    def _facts(self) -> Mapping[str, str]:
        request = self.halves[0]
        known = {
            "cover": str(request.id),
            "rota": request.rota,
            "person": request.person,
            "instead_of": ",".join(relieved_by(request, self.rules)),
            "starts": request.starts.isoformat(),
            "ends": request.ends.isoformat(),
            "by": self.by,
            "state": self.state,
        }
        for half in self.halves[1:]:
            known |= {"back_starts": half.starts.isoformat(), "back_ends": half.ends.isoformat()}
        others = overlapping(request, self.rules.covers)
        older = ",".join(str(one.id) for one in others if one.id < request.id)
        newer = ",".join(str(one.id) for one in others if one.id > request.id)
        return known | ({"overrules": older} if older else {}) | ({"overruled_by": newer} if newer else {})


async def _in_force(unit: Unit, rules: Rules, now: datetime) -> Rules:
    """The rules with the covers as they stand in this transaction: others may have settled one just before."""
    return replace(rules, covers=in_force(await unit.covers(now - JUST_NOW)))


async def _close(unit: Unit, chore: AskCover | SettleCover, told: _Telling) -> None:
    await unit.post((*told.letters(), *chore.letters), chore.now)
    if chore.cause is not None:
        await unit.handled([chore.cause])
