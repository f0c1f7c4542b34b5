"""A letter becomes a card at the moment it is sent: in its reader's language and zone, from the ticket as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.chat.card import Card
from bot.domain import standby
from bot.domain.announce import About
from bot.domain.covers import CoverState
from bot.domain.ids import CoverId, PersonId, Priority, TeamId
from bot.domain.linking import VALID_FOR
from bot.domain.ticket import Ticket
from bot.services.covers import AGREED, ASKED, SETTLED
from bot.services.drawn import Drawn
from bot.services.handovers import ABOUT as HANDOVER
from bot.services.ports import Letter, Outgoing
from handlers import ready_card
from handlers.cards.digest import Digest, digest_card
from handlers.cards.done import done_card
from handlers.cards.duty import Duty, cover_agreed_card, cover_asked_card, cover_settled_card, handover_card
from handlers.cards.feed_card import ABOUT as FEED
from handlers.cards.feed_card import feed_card
from handlers.cards.late import lateness_of
from handlers.cards.link_card import CODE, code_card
from handlers.cards.list_card import bundle_card, flood_card
from handlers.cards.page import channel_call_card, is_calling, nobody_card, page_card
from handlers.cards.people import (
    drill_card,
    drill_failed_card,
    is_asked,
    lapsed_card,
    nobody_reached_card,
    not_reached_card,
    still_on_it_card,
    summoned_card,
)
from handlers.cards.promise import breach_card, is_settled, warning_card
from handlers.cards.receipt import receipt
from handlers.cards.team_card import team_card
from handlers.cards.view import View
from handlers.cards.words import (
    assigned_card,
    low_rating_card,
    nudged_card,
    question_card,
    reopened_card,
    reply_back_card,
    reply_card,
    time_come_card,
)
from handlers.house import House
from handlers.reader import Reader, reader_for, team_reader

BUNDLES = frozenset(
    {
        About.TEAM_CARD,
        About.WARNING,
        About.BREACH,
        About.NUDGED,
        About.REPLY_BACK,
        About.NOBODY,
        About.CHANNEL_CALL,
        About.PAGE,
    }
)
"""What may be told several at once where one by one would take too long."""

_ABOUT_DUTY = frozenset({ASKED, SETTLED, AGREED, HANDOVER})
"""Letters about no ticket."""

_SOFT = frozenset({About.RECEIPT, "card", "digest"})
"""Cards that make no sound: the answer to somebody who is looking anyway, and what can wait."""

_CALM_PRIORITIES = frozenset({Priority.P3, Priority.P4})


class Drawer:
    """Draws letters and redraws showings."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def draw(self, letters: Sequence[Outgoing], now: datetime) -> Drawn | None:
        """One letter is its card; several of one address are one card with everything in it. None when nothing of it
        needs to be said any more. Raises ValueError for several letters of which one cannot be bundled."""
        if len(letters) == 1:
            return await self._one(letters[0], now)
        if any(outgoing.letter.about not in BUNDLES for outgoing in letters):
            raise ValueError("only letters that can be told in a line may be bundled")
        views = [(outgoing, await self._view(outgoing, now)) for outgoing in letters]
        worth = [(outgoing, view) for outgoing, view in views if view is not None and not _is_moot(outgoing, view)]
        if not worth:
            return None
        if len(worth) == 1:
            return self._drawn(worth[0][0].letter, worth[0][1])
        news = [(view, outgoing.letter.about) for outgoing, view in worth]
        mentions = dict.fromkeys(
            one for outgoing, view in worth for one in self._mentions(outgoing.letter, view) if one
        )
        versions = {view.ticket.id: view.ticket.version for _, view in worth}
        quiet = all(_is_quiet(outgoing.letter, view) for outgoing, view in worth)
        is_flood = all(about == About.PAGE for _, about in news)
        card = flood_card([view for view, _ in news]) if is_flood else bundle_card(news, tuple(mentions))
        return Drawn(card, quiet=quiet, versions=versions)

    async def _one(self, outgoing: Outgoing, now: datetime) -> Drawn | None:
        letter = outgoing.letter
        if letter.about == "card":
            return Drawn(ready_card.read(letter.facts["card"]), 0, quiet=True)
        if letter.about in _ABOUT_DUTY:
            return await self._of_duty(outgoing, now)
        if letter.about == CODE:
            return self._code(outgoing, now)
        if letter.about == FEED:
            card = feed_card(letter.facts, self._house.rules, self._reader(letter), now)
            return None if card is None else Drawn(card, 0)
        if letter.about == "digest":
            return Drawn(digest_card(await self._digest(letter, now)), 0, quiet=True)
        view = await self._view(outgoing, now)
        if view is None or _is_moot(outgoing, view) or _is_overtaken(outgoing, view):
            return None
        return self._drawn(letter, view)

    async def _of_duty(self, outgoing: Outgoing, now: datetime) -> Drawn | None:
        letter = outgoing.letter
        duty = Duty(self._reader(letter), self._house.rules, now, self._name_of)
        if letter.about == ASKED:
            request = await self._house.reads.cover(CoverId(int(letter.facts["cover"])))
            is_open = request is not None and request.state is CoverState.ASKED and request.ends > now
            return Drawn(cover_asked_card(duty, letter.facts)) if is_open else None
        if letter.about == HANDOVER:
            late = lateness_of(letter.facts, duty.reader, outgoing.written_at)
            return Drawn(handover_card(duty, letter.facts, late))
        if letter.about == SETTLED:
            return Drawn(cover_settled_card(duty, letter.facts))
        return Drawn(cover_agreed_card(duty, letter.facts), quiet=True)

    def _code(self, outgoing: Outgoing, now: datetime) -> Drawn | None:
        if now >= outgoing.written_at + VALID_FOR:
            return None
        code = self._house.untold.code(outgoing.letter.key, now)
        return Drawn(code_card(self._reader(outgoing.letter), code), 0, quiet=True)

    def _drawn(self, letter: Letter, view: View) -> Drawn:
        card = _card(About(letter.about), view, self._mentions(letter, view))
        return Drawn(card, view.ticket.version, quiet=_is_quiet(letter, view))

    async def _view(self, outgoing: Outgoing, now: datetime) -> View | None:
        letter = outgoing.letter
        filed = None if letter.ticket is None else await self._house.reads.ticket(letter.ticket)
        if filed is None:
            return None
        return View(
            ticket=filed.ticket,
            rules=self._house.rules,
            reader=self._reader(letter),
            now=now,
            name_of=self._name_of,
            facts=letter.facts,
            written_at=outgoing.written_at,
            is_outside=letter.to.partition(":")[0] in self._house.outside,
        )

    async def _digest(self, letter: Letter, now: datetime) -> Digest:
        team = TeamId(letter.facts["team"])
        since = datetime.fromisoformat(letter.facts["since"])
        until = datetime.fromisoformat(letter.facts["until"])
        return Digest(
            team=team,
            since=since,
            until=until,
            tally=await self._house.reads.tally(team, since, until),
            rules=self._house.rules,
            reader=self._reader(letter),
            now=now,
            name_of=self._name_of,
        )

    def _reader(self, letter: Letter) -> Reader:
        kind, _, name = letter.reader.partition(":")
        if kind == "team":
            return team_reader(TeamId(name), self._house.rules, self._house.texts, letter.to)
        known = self._house.directory.person(PersonId(name))
        if known is None:
            raise LookupError(f"nobody knows the reader {letter.reader!r}")
        return replace(reader_for(known, self._house.texts, letter.to), person=PersonId(name))

    def _name_of(self, person: PersonId) -> str | None:
        known = self._house.directory.person(person)
        return None if known is None else known.name

    def _mentions(self, letter: Letter, view: View) -> tuple[str, ...]:
        """In a channel: whoever holds it, else whoever is on call first, by their name on that platform."""
        if view.reader.person is not None or letter.about not in _CALLS_OUT:
            return ()
        team = self._house.rules.team(view.ticket.team)
        on_call = standby.crew(team, self._house.rules, view.now)
        people = (view.ticket.holder,) if view.ticket.holder is not None else on_call[:2]
        platform = letter.to.partition(":")[0] + ":"
        found = []
        for person in people:
            known = self._house.directory.person(person)
            found += [one for one in (known.identities if known else ()) if one.startswith(platform)][:1]
        return tuple(found)


_CALLS_OUT = frozenset(
    {About.CHANNEL_CALL, About.BREACH, About.REPLY_BACK, About.REOPENED, About.NUDGED, About.TIME_COME}
)
"""What has no other way of being noticed in a channel."""


def _card(about: About, view: View, mentions: tuple[str, ...]) -> Card:
    match about:
        case About.RECEIPT:
            return receipt(view)
        case About.TEAM_CARD:
            return team_card(view)
        case About.PAGE:
            return page_card(view)
        case About.CHANNEL_CALL:
            return channel_call_card(view, mentions)
        case About.NOBODY:
            return nobody_card(view)
        case About.WARNING:
            return warning_card(view)
        case About.BREACH:
            return breach_card(view, mentions)
        case About.QUESTION:
            return question_card(view)
        case About.REPLY:
            return reply_card(view)
        case About.REPLY_BACK:
            return reply_back_card(view, mentions)
        case About.DONE:
            return done_card(view)
        case About.REOPENED:
            return reopened_card(view, mentions)
        case About.TIME_COME:
            return time_come_card(view, mentions)
        case About.ASSIGNED:
            return assigned_card(view)
        case About.NUDGED:
            return nudged_card(view, mentions)
        case About.LOW_RATING:
            return low_rating_card(view)
        case About.STILL_ON_IT:
            return still_on_it_card(view)
        case About.LAPSED:
            return lapsed_card(view)
        case About.SUMMONED:
            return summoned_card(view)
        case About.NOT_REACHED:
            return not_reached_card(view)
        case About.NOBODY_REACHED:
            return nobody_reached_card(view)
        case About.DRILL:
            return drill_card(view)
        case About.DRILL_FAILED:
            return drill_failed_card(view)


def _is_moot(outgoing: Outgoing, view: View) -> bool:
    """Time has overtaken the letter. What stands already is never moot: it shows how it went on."""
    if outgoing.message is not None:
        return False
    ticket = view.ticket
    match outgoing.letter.about:
        case About.PAGE | About.CHANNEL_CALL:
            return not is_calling(view) or _has_passed_on(view)
        case About.LAPSED | About.NOT_REACHED | About.NOBODY_REACHED:
            return not is_calling(view)
        case About.STILL_ON_IT:
            return not is_asked(view)
        case About.SUMMONED | About.DRILL:
            return not ticket.is_open
        case About.WARNING:
            return not ticket.is_open or is_settled(view)
        case About.DONE:
            return ticket.is_open
        case About.QUESTION:
            return ticket.is_over
        case About.NUDGED | About.REOPENED | About.TIME_COME:
            return not ticket.is_open
        case About.ASSIGNED:
            return not ticket.is_open or ticket.holder != view.reader.person
        case _:
            return False


def _has_passed_on(view: View) -> bool:
    """The reader has said "not me", and this is not the last resort."""
    chase = view.ticket.chase
    return chase is not None and view.reader.person in chase.passed and "last_resort" not in view.facts


def _is_overtaken(outgoing: Outgoing, view: View) -> bool:
    """A page that stands already, while a later one calls: only the last is kept up to date until somebody has it.
    Otherwise the hundredth call of a night would edit ninety-nine messages."""
    chase = view.ticket.chase
    if outgoing.message is None or chase is None or outgoing.letter.about not in (About.PAGE, About.CHANNEL_CALL):
        return False
    return is_calling(view) and int(view.facts.get("round", "1")) < chase.calls


def _is_quiet(letter: Letter, view: View) -> bool:
    if letter.about in _SOFT:
        return True
    return letter.about == About.TEAM_CARD and _can_wait(view.ticket)


def _can_wait(ticket: Ticket) -> bool:
    return ticket.priority in _CALM_PRIORITIES or not ticket.is_open
