"""Who is on call when: layers of turns, and covers that go before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import merge

from bot.domain.ids import CoverId, PersonId, RotaId
from bot.domain.turns import Every, Layer

__all__ = [
    "HORIZON",
    "Cover",
    "Every",
    "Fixed",
    "Layer",
    "Rota",
    "Shift",
    "gaps",
    "next_shift",
    "on_call_at",
    "people_in",
    "shifts",
    "until_when",
]

HORIZON = timedelta(days=366)
"""How far ahead the next change is looked for."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A shift that stands in an imported calendar, as it is written there: [starts, ends)."""

    person: PersonId
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Rota:
    """One place in the on-call order. Where several layers hold, the last of them counts, and a fixed shift goes before
    every layer."""

    id: RotaId
    names: Mapping[str, str]
    layers: tuple[Layer, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    feed: str = ""
    """Where the fixed shifts come from: an iCalendar file of the rules, or an address."""


@dataclass(frozen=True, slots=True)
class Cover:
    """An agreed exception in [starts, ends): `person` is on call. With `instead_of` only where that one would be."""

    id: CoverId
    rota: RotaId
    person: PersonId
    starts: datetime
    ends: datetime
    instead_of: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One stretch [starts, ends) of one person. `layer` (empty for a fixed shift) and `cover` say by what it begins;
    a person who goes on by something else has one shift all the same."""

    person: PersonId
    starts: datetime
    ends: datetime
    layer: str = ""
    cover: CoverId | None = None


@dataclass(frozen=True, slots=True)
class _Post:
    """One of those on call, and by what. `before` are those who would be without the covers."""

    person: PersonId
    layer: str = ""
    cover: CoverId | None = None
    before: tuple[PersonId, ...] = ()

    def taken_by(self, cover: Cover) -> _Post:
        return _Post(cover.person, self.layer, cover.id, (*self.before, self.person))


Stretch = tuple[datetime, datetime, tuple[_Post, ...]]


def on_call_at(rota: Rota, covers: Sequence[Cover], at: datetime) -> tuple[PersonId, ...]:
    """Who is on call at that moment, nobody twice; empty in a gap."""
    return _people(_posts(rota, _of(rota, covers), at))


def shifts(rota: Rota, covers: Sequence[Cover], since: datetime, until: datetime) -> tuple[Shift, ...]:
    """The shifts of [since, until), cut off at its edges, in the order they begin; no two of one person touch."""
    found: list[Shift] = []
    last: dict[PersonId, int] = {}
    for starts, ends, posts in _stretches(rota, covers, since, until):
        for post in posts:
            place = last.get(post.person)
            if place is not None and found[place].ends == starts:
                found[place] = replace(found[place], ends=ends)
            elif place is None or found[place].ends < starts:
                last[post.person] = len(found)
                found.append(Shift(post.person, starts, ends, post.layer, post.cover))
    return tuple(found)


def until_when(rota: Rota, covers: Sequence[Cover], at: datetime) -> datetime | None:
    """When the people on call change next; None: not within 366 days."""
    now = on_call_at(rota, covers, at)
    later = _stretches(rota, covers, at, at + HORIZON)
    return next((starts for starts, _, posts in later if _people(posts) != now), None)


def next_shift(rota: Rota, covers: Sequence[Cover], at: datetime) -> Shift | None:
    """The first shift that begins after `at` by somebody not on call now; None: not within 366 days, where it is cut
    off."""
    now = on_call_at(rota, covers, at)
    if people_in(rota).union(cover.person for cover in _of(rota, covers)).issubset(now):
        return None
    found: Shift | None = None
    for starts, ends, posts in _stretches(rota, covers, at, at + HORIZON):
        if found is None:
            news = (post for post in posts if post.person not in now)
            found = next((Shift(post.person, starts, ends, post.layer, post.cover) for post in news), None)
        elif found.person in _people(posts):
            found = replace(found, ends=ends)
        else:
            break
    return found


def gaps(
    rota: Rota, covers: Sequence[Cover], since: datetime, until: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """Where in [since, until) nobody is on call, in order; no two touch."""
    found: list[tuple[datetime, datetime]] = []
    for starts, ends, posts in _stretches(rota, covers, since, until):
        if posts:
            continue
        if found and found[-1][1] == starts:
            found[-1] = found[-1][0], ends
        else:
            found.append((starts, ends))
    return tuple(found)


def people_in(rota: Rota) -> frozenset[PersonId]:
    """Everybody the rota may ever name by itself."""
    turns = (one for layer in rota.layers for turn in layer.turns for one in turn)
    return frozenset((*turns, *(one.person for one in rota.fixed)))


def _of(rota: Rota, covers: Sequence[Cover]) -> tuple[Cover, ...]:
    """The covers of this rota, the newest last."""
    return tuple(sorted((cover for cover in covers if cover.rota == rota.id), key=lambda cover: cover.id))


def _people(posts: tuple[_Post, ...]) -> tuple[PersonId, ...]:
    return tuple(post.person for post in posts)


def _stretches(rota: Rota, covers: Sequence[Cover], since: datetime, until: datetime) -> Iterator[Stretch]:
    """[since, until) cut wherever something may change, and who is on call in each piece."""
    own = _of(rota, covers)
    last = since
    for moment in merge(_moments(rota, own, since, until), (until,)):
        if moment > last:
            yield last, moment, _posts(rota, own, last)
            last = moment


def _moments(rota: Rota, covers: tuple[Cover, ...], since: datetime, until: datetime) -> Iterator[datetime]:
    exceptions: tuple[Fixed | Cover, ...] = (*rota.fixed, *covers)
    within = sorted(edge for one in exceptions for edge in (one.starts, one.ends) if since < edge < until)
    return merge(within, *(layer.moments(since, until) for layer in rota.layers))


def _posts(rota: Rota, covers: tuple[Cover, ...], at: datetime) -> tuple[_Post, ...]:
    """The only answer to who is on call: whoever is called and whoever is shown comes from here."""
    posts = _by_itself(rota, at)
    for cover in covers:
        if cover.starts <= at < cover.ends:
            posts = _covered(posts, cover)
    return tuple({post.person: post for post in posts}.values())


def _by_itself(rota: Rota, at: datetime) -> tuple[_Post, ...]:
    fixed = tuple(_Post(one.person) for one in rota.fixed if one.starts <= at < one.ends)
    if fixed:
        return fixed
    for layer in reversed(rota.layers):
        turn = layer.turn_at(at)
        if turn:
            return tuple(_Post(person, layer.name) for person in turn)
    return ()


def _covered(posts: tuple[_Post, ...], cover: Cover) -> tuple[_Post, ...]:
    """A cover goes before earlier ones: it also holds where its `instead_of` would be on call if it were not for
    them."""
    if cover.instead_of is None:
        before = tuple(one for post in posts for one in (*post.before, post.person))
        return (_Post(cover.person, posts[0].layer if posts else "", cover.id, before),)
    held = [post for post in posts if post.person == cover.instead_of]
    wanted = held or [post for post in posts if cover.instead_of in post.before]
    return tuple(post.taken_by(cover) if post in wanted else post for post in posts)
