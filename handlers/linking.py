"""One person writes from several platforms: a one-time code joins their identities, and they come apart again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.chat.card import Card, Tone
from bot.domain import linking as codes
from bot.domain.announce import Urgency
from bot.domain.ids import PersonId
from bot.domain.linking import Verdict
from bot.domain.refusals import LockedOut, Unknown
from bot.services import linking
from bot.services.linking import GiveCode, Redeem, Redeemed, Unlink, VoidCode
from bot.services.ports import Letter, Profile
from handlers import asking, phrasing, ready_card
from handlers.cards.link_card import CODE, account, accounts_card, mark, unlink_button
from handlers.cards.plain import word_back
from handlers.heard import Heard, Wish
from handlers.reader import reader_for
from handlers.turn import Deed, Errand, Turn

_APART = re.compile(r"[\s-]")


async def link(turn: Turn, heard: Heard) -> Deed:
    """ "link": a code. "link 1234 5678": the code that was told elsewhere."""
    if heard.rest:
        return await redeem(turn, heard.rest)
    if not turn.is_private:
        return turn.tell(word_back(turn.say("link-privately"), tone=Tone.WARN))
    code = linking.new_code()
    letter = replace(turn.letter(word_back("")), about=CODE, facts={})
    turn.house.untold.keep(letter.key, code, turn.now)
    return Errand(GiveCode(turn.who.id, await linking.hashed(code), turn.now), lambda _: (letter,))


async def opened(turn: Turn, heard: Heard) -> Deed:
    """The conversation begins: with a greeting, or with the code that a link carried."""
    return await redeem(turn, heard.rest) if heard.rest else await asking.greet(turn, heard)


async def redeem(turn: Turn, token: str) -> Deed:
    """Whoever says the code here is whoever was given it there. What others could read counts no more. Raises LockedOut
    after too many wrong ones."""
    await _refuse_the_locked(turn)
    said = _APART.sub("", phrasing.narrowed(token))
    known = await linking.found(said, await turn.house.reads.codes(turn.now)) if len(said) == codes.DIGITS else None
    if not turn.is_private:
        warning = turn.tell(word_back(turn.say("link-overheard"), lead=turn.say("link-overheard-lead"), tone=Tone.WARN))
        return warning if known is None else Errand(VoidCode(known.id, turn.now), lambda _: warning.letters)
    chore = Redeem(
        identity=turn.came.author,
        place=turn.came.place,
        owner=turn.who.id,
        is_self_made=turn.house.directory.is_self_made(turn.who.id),
        code=None if known is None else known.id,
        now=turn.now,
    )
    return Errand(chore, lambda done: _redeemed(turn, done))


async def unlink(turn: Turn, _: Heard) -> Deed:
    """Which of them? Only those that came by a code can go."""
    joined = _joined(turn)
    if not turn.is_private:
        return turn.tell(word_back(turn.say("link-privately"), tone=Tone.WARN))
    if not joined:
        return turn.tell(word_back(turn.say("unlink-none"), lead=turn.say("unlink-none-lead"), tone=Tone.QUIET))
    return turn.tell(accounts_card(turn.reader, joined))


async def press_unlink(turn: Turn, wish: Wish) -> Deed:
    """That one is not theirs any more; both sides are told."""
    identity = next((one for one in _joined(turn) if mark(one) == wish.argument), None)
    if identity is None:
        raise Unknown(what="account", value=wish.argument[:40])
    letters = _parted(turn, identity)
    chore = Unlink(turn.who.id, identity, frozenset(_addresses_of(turn, identity)))
    return Errand(chore, lambda left: _unlinked(turn, left, letters))


async def _refuse_the_locked(turn: Turn) -> None:
    wrong = await turn.house.reads.wrong_codes(turn.came.author, turn.now - codes.REMEMBERED_FOR)
    locked = codes.locked_until(wrong, turn.now)
    if locked is not None:
        raise LockedOut(when=locked.isoformat())


def _redeemed(turn: Turn, done: Redeemed) -> Sequence[Letter]:
    turn.house.directory.register(done.profiles)
    match done.verdict:
        case Verdict.LINKED | Verdict.ALREADY if done.person is not None:
            return _joined_letters(turn, done.person)
        case Verdict.TAKEN:
            card = word_back(turn.say("link-taken", name=turn.who.name), lead=turn.say("link-taken-lead"))
            return turn.tell(replace(card, tone=Tone.WARN)).letters
        case _ if done.locked_until is not None:
            raise LockedOut(when=done.locked_until.isoformat())
        case _:
            card = word_back(turn.say("link-wrong"), lead=turn.say("link-wrong-lead"), tone=Tone.WARN)
            return turn.tell(card).letters


def _joined_letters(turn: Turn, person: PersonId) -> Sequence[Letter]:
    """To the side that said it, and to where the person was known before: whoever did not mean it takes it back."""
    known = turn.house.directory.person(person)
    if known is None:
        raise LookupError(f"nobody knows {person!r}, who was given a code")
    reader = reader_for(known, turn.house.texts, turn.came.place)
    identity = turn.came.author
    here = word_back(reader.say("link-done", name=known.name), lead=reader.say("link-done-lead"), tone=Tone.GOOD)
    letters = [replace(turn.letter(here), reader=f"person:{person}", only="")]
    there = turn.house.directory.address_of(person)
    if there is not None and there != turn.came.place:
        told = word_back(
            reader.say("link-told", account=account(identity, reader)),
            lead=reader.say("link-told-lead"),
            actions=(unlink_button(identity, reader),),
        )
        letters.append(_to(there, person, told, f"linked:{turn.came.key}"))
    return letters


def _unlinked(turn: Turn, left: Profile, letters: Sequence[Letter]) -> Sequence[Letter]:
    turn.house.directory.register((left,))
    return letters


def _parted(turn: Turn, identity: str) -> Sequence[Letter]:
    name = account(identity, turn.reader)
    card = word_back(turn.say("unlink-done", account=name), lead=turn.say("unlink-done-lead"))
    gone = word_back(turn.say("unlink-told"), lead=turn.say("unlink-told-lead"))
    others = [place for place in _addresses_of(turn, identity) if place != turn.came.place]
    told = [_to(place, turn.who.id, gone, f"unlinked:{turn.came.key}:{n}") for n, place in enumerate(others)]
    return (turn.letter(card), *told)


def _joined(turn: Turn) -> tuple[str, ...]:
    """Those that can go: one that is left alone cannot."""
    mine = turn.who.identities
    return tuple(one for one in mine if turn.house.directory.is_joined(turn.who.id, one)) if len(mine) > 1 else ()


def _addresses_of(turn: Turn, identity: str) -> tuple[str, ...]:
    """Where that identity is reached: the person's places on its platform, unless another of their identities is there,
    too, or the rules name them."""
    platform = identity.partition(":")[0]
    if any(one != identity and one.partition(":")[0] == platform for one in turn.who.identities):
        return ()
    learnt = turn.house.directory.learnt_addresses(turn.who.id)
    return tuple(one for one in learnt if one.partition(":")[0] == platform)


def _to(place: str, person: PersonId, card: Card, key: str) -> Letter:
    return Letter(
        key=key,
        to=place,
        reader=f"person:{person}",
        about="card",
        urgency=Urgency.SOON,
        facts={"card": ready_card.written(card)},
    )
