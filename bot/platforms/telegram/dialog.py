"""The forms that are being filled in: what an update does to one of them, and the question that stands in the chat."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.chat.form import Form
from bot.chat.incoming import Address, Identity
from bot.chat.port import Undelivered
from bot.platforms.telegram import forms, places, render
from bot.platforms.telegram.forms import Draft, Left, Sent
from bot.platforms.telegram.knock import Body
from bot.platforms.telegram.memory import Drawer
from bot.platforms.telegram.parse import Message
from bot.platforms.telegram.places import PLATFORM
from bot.platforms.telegram.render import Shown
from bot.platforms.telegram.send import Sender
from bot.services.ports import NotSaved, Sheet

MOST_TRIES = 6
FIRST_PAUSE_S = 1.0

Spot = tuple[Identity, Address]
"""Who fills in a form, and where it is asked."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Changes:
    """What a batch of updates does to the forms, until it is committed."""

    drafts: dict[Spot, Draft | None] = field(default_factory=dict)

    def sheets(self, now: datetime) -> list[Sheet]:
        """As they are kept."""
        return [_sheet(spot, draft, now) for spot, draft in self.drafts.items()]


@dataclass(frozen=True, slots=True)
class Step:
    """An update belongs to a form: `draft` is where it stood before, and what comes of it."""

    draft: Draft
    then: Draft | Left | Sent


class Dialog:
    """All forms that are open. `lock` is held while any of them is changed and written."""

    def __init__(self, sender: Sender, drawer: Drawer) -> None:
        self._sender = sender
        self._drawer = drawer
        self._open: dict[Spot, Draft] = {}
        self.lock = asyncio.Lock()
        self.seen = 0
        """The highest number of an update that was looked at."""

    @property
    def count(self) -> int:
        """How many forms are open."""
        return len(self._open)

    async def load(self, now: datetime) -> list[Spot]:
        """What was open before the start is open again; those of whose questions it is not known that they stand in
        the chat."""
        for sheet in await self._drawer.sheets(PLATFORM):
            try:
                draft = forms.draft_of(sheet.body)
            except ValueError:
                log.error("telegram_draft_unreadable")
                await self._drawer.put_sheet(replace(sheet, body=""))
            else:
                self._open[draft.who, draft.place] = draft
        await self.forget_old(now)
        return [spot for spot, draft in self._open.items() if not draft.is_shown]

    async def forget_old(self, now: datetime) -> None:
        """What nobody has touched for a day is gone."""
        async with self.lock:
            for spot in [spot for spot, draft in self._open.items() if draft.is_over(now)]:
                await self._drawer.put_sheet(_sheet(spot, None, now))
                del self._open[spot]

    # --- what an update does -----------------------------------------------------------------------------------------

    def of_message(self, message: Message, number: int, changes: Changes, now: datetime) -> Step | None:
        """The words are an answer, or a way through the form; None when they are for the desk."""
        if message.author is None or message.is_forwarded:
            return None
        draft = self._draft((places.identity(message.author), message.place), number, changes, now)
        text = message.read.text
        if draft is None or not text:
            return None
        command = message.command
        if command is not None:
            deed = forms.COMMANDS.get(f"/{command.name}") if not command.rest else None
            return Step(draft, forms.pressed(draft, deed)) if deed else None
        if draft.field is None or not _is_meant(message, draft):
            return None
        return Step(draft, forms.answered(draft, text, message.number))

    def of_edit(self, message: Message, number: int, changes: Changes, now: datetime) -> Step | None:
        """A message that was an answer says something else now."""
        if message.author is None:
            return None
        draft = self._draft((places.identity(message.author), message.place), number, changes, now)
        then = forms.corrected(draft, message.read.text, message.number) if draft else None
        return Step(draft, then) if draft and then else None

    def of_press(self, body: Body, shown: Message, number: int, changes: Changes, now: datetime) -> Step | None:
        """A button of a form; None for one of a form that is over, or somebody else's."""
        button = forms.read_button(body["data"])
        draft = self._draft((places.identity(body["from"]["id"]), shown.place), number, changes, now)
        if button is None or draft is None or draft.id != button[0]:
            return None
        if button[1] != draft.step and button[2] != forms.LEAVE:
            return Step(draft, draft)  # an old question: the new one stands below
        return Step(draft, forms.pressed(draft, button[2]))

    def take(self, step: Step, number: int, changes: Changes, now: datetime) -> None:
        """It is so, as soon as the changes are committed."""
        spot = step.draft.who, step.draft.place
        changes.drafts[spot] = None if isinstance(step.then, Left | Sent) else replace(step.then, at=now, upto=number)

    def committed(self, changes: Changes) -> None:
        """The changes are on the disk."""
        for spot, draft in changes.drafts.items():
            if draft is None:
                self._open.pop(spot, None)
            else:
                self._open[spot] = draft

    def _draft(self, spot: Spot, number: int, changes: Changes, now: datetime) -> Draft | None:
        draft = changes.drafts[spot] if spot in changes.drafts else self._open.get(spot)
        return draft if draft is not None and not draft.is_over(now) and draft.upto < number else None

    # --- what stands in the chat -------------------------------------------------------------------------------------

    async def begin(self, who: Identity, place: Address, origin: Address, form: Form, now: datetime) -> None:
        """The first question stands in the chat. Raises Undelivered when it could not be asked."""
        draft = Draft(secrets.token_hex(4), who, place, origin, form, now, self.seen)
        async with self.lock:
            before = self._open.get((who, place))
            await self._put((who, place), draft, now)
        if before is not None and before.message:
            await self._strip(before)
        try:
            await self._show(draft, in_place=False)
        except Undelivered:
            await self._end(draft, now)
            raise

    async def show(self, spot: Spot, now: datetime, *, in_place: bool) -> None:
        """The person sees where they stand now, however often it takes."""
        for turn in range(MOST_TRIES):
            draft = self._open.get(spot)
            if draft is None or draft.is_shown:
                return
            try:
                await self._show(draft, in_place=in_place)
                return
            except Undelivered as no:
                if no.gone:
                    in_place = False
                elif no.forever:
                    await self._end(draft, now)
                    return
                else:
                    await asyncio.sleep(no.retry_after.total_seconds() if no.retry_after else FIRST_PAUSE_S * 2**turn)

    async def close(self, draft: Draft, *, sent: bool) -> None:
        """The question says that the form is over. Not worth a second try."""
        chat, shown = places.chat_of(draft.place), render.closed(draft, sent=sent)
        try:
            if draft.message and not self._is_reply(draft):
                await self._sender.change(chat.id, draft.message, shown)
            else:
                await self._sender.say(chat, shown, quiet=True)
        except Undelivered as no:
            log.info("telegram_form_not_closed", why=no.reason)

    async def _show(self, draft: Draft, *, in_place: bool) -> None:
        chat = places.chat_of(draft.place)
        shown = render.question(draft, in_private=chat.is_private)
        if in_place and draft.message and not shown.awaits_reply and not self._is_reply(draft):
            await self._sender.change(chat.id, draft.message, shown)
            number = draft.message
        else:
            if draft.message and not self._is_reply(draft):
                await self._strip(draft)
            number = await self._sender.say(chat, shown)
        await self._record(draft, number)

    async def _record(self, shown: Draft, number: int) -> None:
        """What stands in the chat is known, also after a restart; unless the person has gone on meanwhile."""
        async with self.lock:
            spot = shown.who, shown.place
            now = self._open.get(spot)
            if now is None or now.id != shown.id:
                return
            is_same = (now.trouble, now.step) == (shown.trouble, shown.step)
            noted = replace(now, message=number, shown=shown.step, trouble="" if is_same else now.trouble)
            try:
                await self._put(spot, noted, now.at)
            except NotSaved:
                log.warning("telegram_question_not_noted")

    async def _end(self, draft: Draft, now: datetime) -> None:
        async with self.lock:
            spot = draft.who, draft.place
            current = self._open.get(spot)
            if current is not None and current.id == draft.id:
                await self._put(spot, None, now)

    async def _put(self, spot: Spot, draft: Draft | None, now: datetime) -> None:
        await self._drawer.put_sheet(_sheet(spot, draft, now))
        self.committed(Changes({spot: draft}))

    async def _strip(self, draft: Draft) -> None:
        """The old question has no buttons any more. Not worth a second try."""
        try:
            await self._sender.keyboard(places.chat_of(draft.place).id, draft.message, ())
        except Undelivered as no:
            log.debug("telegram_old_question_stands", why=no.reason)

    def _is_reply(self, draft: Draft) -> bool:
        """What stands there waits for a reply: Telegram lets nobody edit such a message into one with buttons."""
        at_shown = replace(draft, step=max(draft.shown, 0))
        return self._question(at_shown).awaits_reply

    def _question(self, draft: Draft) -> Shown:
        return render.question(draft, in_private=places.chat_of(draft.place).is_private)


def _is_meant(message: Message, draft: Draft) -> bool:
    """In a private chat any words, elsewhere a reply to the question; never a reply to something else."""
    other = message.answered
    if other is not None:
        return message.answers_us and other.get("message_id") == draft.message
    return message.is_private


def _sheet(spot: Spot, draft: Draft | None, now: datetime) -> Sheet:
    return Sheet(spot[0], spot[1], forms.written(draft) if draft is not None else "", now)
