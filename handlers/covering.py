"""Covers and swaps in words: who stands in for whom and when is shown back, then asked, then agreed to by the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.chat.card import Action, Card, Tone, Weight
from bot.domain import oncall
from bot.domain.covers import LONGEST, CoverState, ask
from bot.domain.covers import Wish as CoverWish
from bot.domain.ids import CoverId, PersonId, RotaId
from bot.domain.oncall import Shift
from bot.domain.refusals import Unknown
from bot.services.covers import Word
from bot.services.ports import Letter
from handlers import phrasing
from handlers.cards.duty import times
from handlers.cards.plain import word_back
from handlers.duty_words import Deal, Dealt, people_with, rotas_with
from handlers.heard import Heard, Wish
from handlers.natural_time import Spell, understood_spell
from handlers.on_call import duty_of
from handlers.time_words import meanings_in
from handlers.turn import AskCover, Deed, SettleCover, Tell, Turn, draft_key

AHEAD = timedelta(days=30)
"""How far "my shifts" looks."""

MOST_BUTTONS = 8
_A_DAY = timedelta(days=1)
_A_TURN = timedelta(hours=36)
"""A shift up to so long is called by the day on which it begins."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of somebody's time on call."""

    rota: RotaId
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would be asked: `relieved` is off duty in the stretch, and one of `people` is on; `back` the other way
    round."""

    relieved: PersonId
    stretch: Stretch
    people: tuple[PersonId, ...]
    back: Stretch | None = None
    is_swap: bool = False


# --- by words --------------------------------------------------------------------------------------------------------


async def deal(turn: Turn, dealt: Dealt) -> Deed:
    """ "Can Chen cover me tomorrow 18-22": what was understood, or the question for what is missing."""
    if not rotas_with(turn.who.id, turn.house.rules):
        return turn.tell(word_back(turn.say("cover-no-rota"), tone=Tone.WARN))
    if dealt.unknown:
        text = turn.say("cover-who-is", name=phrasing.gist(dealt.unknown, 40))
        return turn.tell(word_back(text, lead=turn.say("cover-who-is-lead"), tone=Tone.WARN))
    if not any(meanings_in(dealt.when)):
        return await my_shifts(turn, Heard("", ""))
    if dealt.deal is Deal.I_COVER and len(dealt.people) > 1:
        return turn.tell(word_back(turn.say("cover-which-of-them"), lead=lines_of(turn, dealt.people), tone=Tone.WARN))
    relieved = dealt.people[0] if dealt.deal is Deal.I_COVER else turn.who.id
    found = stretches(turn, relieved, _spell(turn, dealt.when))
    if not found:
        return _nothing_then(turn, relieved)
    people = (turn.who.id,) if dealt.deal is Deal.I_COVER else dealt.people
    proposal = Proposal(relieved, found[0], people, is_swap=dealt.deal is Deal.SWAP)
    if proposal.is_swap and len(people) == 1:
        return _in_return(turn, proposal, dealt.back)
    return _next(turn, proposal)


async def my_shifts(turn: Turn, _: Heard | Wish) -> Deed:
    """When I am on call in the next thirty days, what I have given away, and a way to ask somebody."""
    me, rules = turn.who.id, turn.house.rules
    mine = [Stretch(rota, one.starts, one.ends) for rota, one in _shifts(turn, me, turn.now, turn.now + AHEAD)]
    given = [
        one
        for one in await turn.house.reads.covers(turn.now)
        if (one.state is CoverState.ASKED and one.asked_by == me)
        or (one.state is CoverState.AGREED and one.instead_of == me and one.rota in rules.rotas)
    ]
    duty = duty_of(turn)
    lines = [
        turn.say("shift-line", time=duty.time(one.starts, one.ends), rota=duty.rota_name(one.rota)) for one in mine
    ]
    for one in given:
        state = "given" if one.state is CoverState.AGREED else "asked"
        lines.append(
            turn.say(f"shift-{state}", time=duty.time(one.starts, one.ends), person=duty.name(one.asks or one.person))
        )
    buttons = [
        Action("cover_shift", f"{turn.draft_id}:{n}", turn.say("do-cover_shift", day=day))
        for n, day in enumerate(_days(turn, mine[:MOST_BUTTONS]))
    ]
    buttons += [Action("cover_undo", str(one.id), turn.say("do-cover_undo")) for one in given[:2]]
    title = turn.say("shifts-title", count=len(mine)) if mine else turn.say("shifts-none")
    card = Card(title=title, tone=Tone.QUIET, lines=tuple(lines), actions=tuple(buttons))
    return Tell((_keeping(turn, card, {f"s{n}": _written(one) for n, one in enumerate(mine[:MOST_BUTTONS])}),))


# --- by buttons ------------------------------------------------------------------------------------------------------


async def press_shift(turn: Turn, wish: Wish) -> Deed:
    """This one of my shifts, please: whom to ask?"""
    kept, place = await _kept(turn, wish)
    stretch = _read(_of(kept, f"s{place}"))
    return _next(turn, Proposal(turn.who.id, stretch, ()))


async def press_person(turn: Turn, wish: Wish) -> Deed:
    """This one: what would be asked is shown."""
    kept, place = await _kept(turn, wish)
    proposal = _proposal(kept)
    person = PersonId(_of(kept, f"p{place}"))
    chosen = replace(proposal, people=(person,))
    return _in_return(turn, chosen, "") if chosen.is_swap and chosen.back is None else _next(turn, chosen)


async def press_return(turn: Turn, wish: Wish) -> Deed:
    """This one of theirs in return, or none."""
    kept, place = await _kept(turn, wish)
    proposal = replace(_proposal(kept), is_swap=False)
    back = _read(_of(kept, f"s{place}")) if place != NONE else None
    return _next(turn, replace(proposal, back=back))


async def press_ask(turn: Turn, wish: Wish) -> Deed:
    """Yes, ask: the other is asked, or it holds at once where nobody need be."""
    kept, _ = await _kept(turn, wish)
    proposal = _proposal(kept)
    person, asked = proposal.people[0], _wish(turn, proposal)
    first = ask(asked, turn.house.rules, turn.now)[0]
    duty = duty_of(turn)
    if first.state is CoverState.AGREED:
        card = word_back(turn.say("cover-at-once", person=duty.name(person)), tone=Tone.GOOD)
    else:
        other = duty.name(first.asks or person)
        card = word_back(turn.say("cover-has-been-asked", person=other), lead=turn.say("cover-until-then"))
    return AskCover(asked, (turn.letter(card),))


def _wish(turn: Turn, proposal: Proposal) -> CoverWish:
    return CoverWish(
        rota=proposal.stretch.rota,
        person=proposal.people[0],
        starts=proposal.stretch.starts,
        ends=proposal.stretch.ends,
        by=turn.who.id,
        instead_of=proposal.relieved,
        back=None if proposal.back is None else (proposal.back.starts, proposal.back.ends),
    )


async def press_yes(turn: Turn, wish: Wish) -> Deed:
    """Agreed."""
    return _settle(turn, wish, Word.AGREE, "cover-you-agreed")


async def press_no(turn: Turn, wish: Wish) -> Deed:
    """Not this time."""
    return _settle(turn, wish, Word.DECLINE, "cover-you-declined")


async def press_undo(turn: Turn, wish: Wish) -> Deed:
    """Taken back."""
    return _settle(turn, wish, Word.WITHDRAW, "cover-you-withdrew")


def _settle(turn: Turn, wish: Wish, word: Word, key: str) -> Deed:
    if wish.ticket is None:
        raise Unknown(what="button", value=wish.verb[:40])
    return SettleCover(CoverId(wish.ticket), word, (turn.letter(word_back(turn.say(key))),))


# --- what is shown ---------------------------------------------------------------------------------------------------

NONE = "-"
"""No shift in return."""


def _next(turn: Turn, proposal: Proposal) -> Deed:
    """Whom to ask, while that is open; then what would be asked, to be confirmed. Raises Refusal when it cannot be."""
    if len(proposal.people) != 1:
        return _whom(turn, proposal)
    duty, other = duty_of(turn), proposal.people[0]
    is_mine = other == turn.who.id
    asked = proposal.relieved if is_mine else other
    at_once = ask(_wish(turn, proposal), turn.house.rules, turn.now)[0].state is CoverState.AGREED
    facts = [*times(duty, other, (proposal.relieved,), proposal.stretch.starts, proposal.stretch.ends, "label-when")]
    if proposal.back is not None:
        facts += times(duty, proposal.relieved, (other,), proposal.back.starts, proposal.back.ends, "label-in-return")
    key = (
        "cover-put"
        if at_once
        else "cover-offer"
        if is_mine
        else "cover-swap"
        if proposal.back is not None
        else "cover-ask"
    )
    card = Card(
        title=turn.say(key, person=duty.name(other if at_once else asked)),
        lead=turn.say("cover-put-lead" if at_once else "cover-ask-lead", rota=duty.rota_name(proposal.stretch.rota)),
        facts=tuple(facts),
        actions=(
            Action(
                "cover_ask",
                turn.draft_id,
                turn.say("do-cover_put") if at_once else turn.say("do-cover_ask", person=duty.name(asked)),
                Weight.MAIN,
            ),
            Action("shifts", "", turn.say("do-shifts")),
        ),
    )
    return Tell((_keeping(turn, card, _facts(proposal)),))


def _whom(turn: Turn, proposal: Proposal) -> Deed:
    """Those who share the rota, or who share the name; each on a button."""
    duty, rules = duty_of(turn), turn.house.rules
    turns = oncall.people_in(rules.rotas[proposal.stretch.rota])
    known = proposal.people or tuple(
        sorted(people_with(turn.who.id, rules), key=lambda one: (one not in turns, duty.name(one)))
    )
    shown = known[:MOST_BUTTONS]
    card = Card(
        title=turn.say("cover-whom", time=duty.time(proposal.stretch.starts, proposal.stretch.ends)),
        lead=turn.say("cover-ask-lead", rota=duty.rota_name(proposal.stretch.rota)),
        actions=tuple(Action("cover", f"{turn.draft_id}:{n}", duty.name(one)) for n, one in enumerate(shown)),
    )
    kept = _facts(proposal) | {f"p{n}": str(one) for n, one in enumerate(shown)}
    return Tell((_keeping(turn, card, kept),))


def _in_return(turn: Turn, proposal: Proposal, back: str) -> Deed:
    """Which shift of the other is taken in return: the one that was named, or one of the next."""
    other, duty = proposal.people[0], duty_of(turn)
    if back.strip():
        found = [one for one in stretches(turn, other, _spell(turn, back)) if one.rota == proposal.stretch.rota]
        if not found:
            return _nothing_then(turn, other)
        return _next(turn, replace(proposal, back=found[0], is_swap=False))
    theirs = [
        Stretch(rota, one.starts, one.ends)
        for rota, one in _shifts(turn, other, turn.now, turn.now + AHEAD)
        if rota == proposal.stretch.rota
    ][:MOST_BUTTONS]
    card = Card(
        title=turn.say("cover-in-return", person=duty.name(other)),
        facts=tuple(times(duty, other, (turn.who.id,), proposal.stretch.starts, proposal.stretch.ends, "label-when")),
        actions=(
            *(
                Action("cover_return", f"{turn.draft_id}:{n}", duty.time(one.starts, one.ends))
                for n, one in enumerate(theirs)
            ),
            Action("cover_return", f"{turn.draft_id}:{NONE}", turn.say("do-nothing-in-return")),
        ),
    )
    kept = _facts(proposal) | {f"s{n}": _written(one) for n, one in enumerate(theirs)}
    return Tell((_keeping(turn, card, kept),))


def _nothing_then(turn: Turn, person: PersonId) -> Deed:
    """Not on call then: when next, if at all."""
    duty = duty_of(turn)
    coming = [one for _, one in _shifts(turn, person, turn.now, turn.now + AHEAD)][:3]
    key = "cover-not-on-call-you" if person == turn.who.id else "cover-not-on-call"
    lead = turn.say("cover-next-shifts" if coming else "cover-no-shifts")
    card = word_back(turn.say(key, person=duty.name(person)), lead=lead, tone=Tone.WARN)
    return turn.tell(replace(card, lines=tuple(duty.time(one.starts, one.ends) for one in coming)))


def lines_of(turn: Turn, people: Sequence[PersonId]) -> str:
    """Those who share a name, with what tells them apart."""
    duty = duty_of(turn)
    return turn.reader.listed(turn.say("a-fact", label=duty.name(one), value=str(one)) for one in people)


# --- times -----------------------------------------------------------------------------------------------------------


def stretches(turn: Turn, person: PersonId, spell: Spell | None) -> list[Stretch]:
    """What of the person's time on call lies in what was said: of a day the shift that begins on it, else what falls
    into it; of a moment all from there to the end of the shift."""
    if spell is None:
        return []
    if spell.ends is None:
        found = _shifts(turn, person, spell.starts, spell.starts + LONGEST)
        return [Stretch(rota, one.starts, one.ends) for rota, one in found if one.starts == spell.starts]
    starts, ends = max(spell.starts, turn.now), spell.ends
    if spell.is_whole and ends - spell.starts <= _A_DAY + timedelta(hours=2):
        near = _shifts(turn, person, spell.starts - _A_TURN, ends + _A_TURN)
        begun = [
            Stretch(rota, max(one.starts, turn.now), one.ends)
            for rota, one in near
            if spell.starts <= one.starts < ends and one.ends - one.starts <= _A_TURN and one.ends > turn.now
        ]
        if begun:
            return begun
    return [Stretch(rota, one.starts, one.ends) for rota, one in _shifts(turn, person, starts, ends)]


def _shifts(turn: Turn, person: PersonId, since: datetime, until: datetime) -> Iterator[tuple[RotaId, Shift]]:
    """The person's shifts of that time on all rotas, in the order they begin."""
    rules = turn.house.rules
    found = [
        (rota, one)
        for rota in rules.rotas
        for one in oncall.shifts(rules.rotas[rota], rules.covers, since, until)
        if one.person == person
    ]
    return iter(sorted(found, key=lambda pair: pair[1].starts))


def _spell(turn: Turn, text: str) -> Spell | None:
    return understood_spell(text, now=turn.now, zone=turn.reader.zone.key, language=turn.reader.voice.language)


def _days(turn: Turn, stretches: Sequence[Stretch]) -> list[str]:
    """What each is called by: its day, and its time too where several begin on that day."""
    days = Counter(_day(turn, one) for one in stretches)
    return [
        turn.reader.moment(one.starts, turn.now) if days[_day(turn, one)] > 1 else _day(turn, one) for one in stretches
    ]


def _day(turn: Turn, stretch: Stretch) -> str:
    return turn.reader.day(stretch.starts, turn.now)


# --- what is kept between two presses --------------------------------------------------------------------------------


def _facts(proposal: Proposal) -> dict[str, str]:
    kept = {
        "relieved": str(proposal.relieved),
        "stretch": _written(proposal.stretch),
        "people": ",".join(proposal.people),
        "swap": "yes" if proposal.is_swap else "",
    }
    return kept if proposal.back is None else kept | {"back": _written(proposal.back)}


def _proposal(kept: Mapping[str, str]) -> Proposal:
    return Proposal(
        relieved=PersonId(_of(kept, "relieved")),
        stretch=_read(_of(kept, "stretch")),
        people=tuple(PersonId(one) for one in kept.get("people", "").split(",") if one),
        back=_read(kept["back"]) if "back" in kept else None,
        is_swap=bool(kept.get("swap")),
    )


def _written(stretch: Stretch) -> str:
    return f"{stretch.rota} {stretch.starts.isoformat()} {stretch.ends.isoformat()}"


def _read(text: str) -> Stretch:
    rota, starts, ends = text.rsplit(" ", 2)
    return Stretch(RotaId(rota), datetime.fromisoformat(starts), datetime.fromisoformat(ends))


def _keeping(turn: Turn, card: Card, facts: Mapping[str, str]) -> Letter:
    letter = turn.letter(card)
    return replace(letter, key=draft_key(turn.draft_id), facts={**letter.facts, **facts, "about": "cover"})


async def _kept(turn: Turn, wish: Wish) -> tuple[Mapping[str, str], str]:
    """What the answer of this person keeps, and which button of it was pressed."""
    draft, _, place = wish.argument.partition(":")
    kept = await turn.house.reads.letter(draft_key(draft)) if draft else None
    if kept is None or kept.reader != f"person:{turn.who.id}" or kept.facts.get("about") != "cover":
        raise Unknown(what="button", value=wish.argument[:40])
    return kept.facts, place


def _of(kept: Mapping[str, str], name: str) -> str:
    if name not in kept:
        raise Unknown(what="button", value=name)
    return kept[name]
