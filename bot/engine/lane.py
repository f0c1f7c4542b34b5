"""What waits for one address, and what of it may go when."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from math import inf

from bot.chat.port import Manners
from bot.domain.announce import Urgency
from bot.engine import bundle
from bot.engine.bundle import MayBundle
from bot.engine.pace import Pace
from bot.services.ports import Outgoing


def is_page(outgoing: Outgoing) -> bool:
    """Somebody must get up for it: it waits for nothing but other pages."""
    return outgoing.message is None and outgoing.letter.urgency <= Urgency.PAGE


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes in one message: one letter, a bundle of them, or the edits of one message."""

    outgoings: tuple[Outgoing, ...]

    @property
    def edits(self) -> str | None:
        """The message that is edited; None for a new one."""
        return self.outgoings[0].message

    @property
    def key(self) -> str:
        """What the message goes by, at every try the same."""
        return self.edits or bundle.key_of(self.outgoings)

    @property
    def is_page(self) -> bool:
        return is_page(self.outgoings[0])


class Lane:
    """One address: letters in the order they were written, pages before all others, edits after. At most one parcel
    is out at a time. Moments are seconds of a clock nobody can set."""

    def __init__(self, address: str, manners: Manners) -> None:
        self.address = address
        self.is_out = False
        self.rests_until_s = 0.0
        """The platform asked for silence at this address until then."""
        self._posts = Pace(manners)
        self._edits = self._posts if manners.edits_count else Pace(manners)
        self._kept_for_pages = 1 if self._posts.burst > 1 else 0
        self._pages: list[Outgoing] = []
        self._letters: list[Outgoing] = []
        self._stale: dict[str, list[Outgoing]] = {}

    @property
    def waits(self) -> bool:
        """There is something to send."""
        return bool(self._pages or self._letters or self._stale)

    @property
    def has_page(self) -> bool:
        return bool(self._pages)

    def put(self, outgoing: Outgoing) -> None:
        """It waits in its place."""
        if outgoing.message is not None:
            self._stale.setdefault(outgoing.message, []).append(outgoing)
        else:
            insort(self._pages if is_page(outgoing) else self._letters, outgoing, key=lambda one: one.id)

    def take_pages(self) -> list[Outgoing]:
        """No page waits any more."""
        taken, self._pages = self._pages, []
        return taken

    def take_letters(self) -> list[Outgoing]:
        """No letter but pages waits any more."""
        taken, self._letters = self._letters, []
        return taken

    def take_edits(self) -> list[Outgoing]:
        """No edit waits any more."""
        taken, self._stale = [edit for edits in self._stale.values() for edit in edits], {}
        return taken

    def take_all(self) -> list[Outgoing]:
        """Nothing waits any more."""
        return [*self.take_pages(), *self.take_letters(), *self.take_edits()]

    def page_at(self) -> float:
        """From when on a page could go."""
        return max(self.rests_until_s, self._posts.ready_at())

    def ready_at(self) -> float:
        """From when on something that waits can go; never when nothing waits. While a page waits nothing else goes."""
        if self._pages:
            return self.page_at()
        letter_at = self._letter_at() if self._letters else inf
        edit_at = self._edit_at() if self._stale else inf
        return max(self.rests_until_s, min(letter_at, edit_at))

    def take(self, now_s: float, may_bundle: MayBundle) -> Parcel | None:
        """What goes now; its token is spent."""
        if now_s < self.ready_at():
            return None
        if self._pages:
            return self._post(self._pages, self._posts.tokens(now_s), now_s, may_bundle)
        if self._letters and self._letter_at() <= now_s:
            tokens = self._posts.tokens(now_s) - self._kept_for_pages
            return self._post(self._letters, tokens, now_s, may_bundle)
        return self._edit(now_s)

    def is_idle(self, now_s: float) -> bool:
        """There is nothing to be remembered about this address."""
        if self.is_out or self.waits:
            return False
        return now_s >= max(self.rests_until_s, self._posts.full_at(), self._edits.full_at())

    def _post(self, waiting: list[Outgoing], tokens: int, now_s: float, may_bundle: MayBundle) -> Parcel:
        parcel = Parcel(bundle.head(waiting, tokens=tokens, may_bundle=may_bundle))
        del waiting[: len(parcel.outgoings)]
        self._posts.spend(now_s)
        return parcel

    def _edit(self, now_s: float) -> Parcel:
        edits = self._stale.pop(next(iter(self._stale)))
        self._edits.spend(now_s)
        return Parcel(tuple(edits))

    def _letter_at(self) -> float:
        return self._posts.ready_at(1 + self._kept_for_pages)

    def _edit_at(self) -> float:
        return self._letter_at() if self._edits is self._posts else self._edits.ready_at()
