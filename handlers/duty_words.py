"""How people speak of being on call: who is, who stands in for whom, who swaps with whom; pure.

A sentence counts only when nothing is left of it but names, times and small words: "the on-call phone is broken" is no
question about people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.ids import PersonId, RotaId, TeamId
from bot.domain.rules import Person, Rules
from handlers import phrasing
from handlers.time_words import meanings_in

MOST_CHARS = 120
"""Whoever writes more is telling something."""


class Deal(StrEnum):
    """What is wished of another: to stand in for the speaker, that the speaker stands in, or both in turn."""

    COVER_ME = "cover_me"
    I_COVER = "i_cover"
    SWAP = "swap"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is on call? `about` is what stands around the question."""

    about: str
    team: TeamId | None


@dataclass(frozen=True, slots=True)
class Dealt:
    """A wish for a cover. `people` are all who may be meant by the name; none when nobody was named. `unknown` is what
    nobody here is called."""

    deal: Deal
    people: tuple[PersonId, ...]
    when: str
    """The text with the time it is about."""
    back: str = ""
    """Of a swap the time that the speaker takes over in return."""
    unknown: str = ""


_WHO = re.compile(
    r"/?(?:deskbell |desk )?(?:"
    r"(?:who(?:'s| is| was|s)?|who will be) on[ -]?call(?P<after>.*)"
    r"|on[ -]?call(?P<alone>.*)"
    r"|(?P<before>.*?)(?:谁|哪位|哪个人|什么人)(?P<between>.*?)(?:在|来|要|会)?值班(?:表)?(?P<behind>.*)"
    r"|值班(?:表|人员|人)?(?P<list>.*)"
    r"|(?P<team>.*?)(?:的)?值班(?:人员|人|表)?(?:是)?(?:谁|哪位)?"
    r")"
)
_SMALL_EN = frozenset(
    re.split(
        " ",
        "a an and at be by can could do does for from have has he her his i i'd i'll if in instead is it just me my"
        " need of on or please pls she shift shifts slot so someone somebody anyone take takes that the their them then"
        " there they this to us we week will with would you your hours duty turn now ask tell let whole all day evening"
        " morning afternoon night until till currently right team hi hello hey thanks thank",
    )
)
_SMALL_ZH = re.compile(
    r"[吗呢吧啊呀了的地得班我你您他她在是请让叫帮替代顶给和跟与把来去能可以会要想值个时候这那一下麻烦现在目前到从"
    r"人有没找谁组队上当整全天里间段，,。.！!？?：:；;、~～\s-]"
)
_COVER_ME = re.compile(
    r"\bcover (?:for )?(?:me|my)\b|\b(?:take|do|have) my (?:\w+ )?(?:on[ -]?call|shift)|\bstand in for me\b"
    r"|(?:帮|替|代|给)我(?:.{0,14}?)?(?:顶|值|代)(?:一下)?班|(?:帮|替|代|顶)我(?:.{0,14}?)的?(?:值)?班|(?:帮|替|代)我(?:值|顶)"
    r"|帮忙(?:顶|代)班|找人(?:顶|代|替).{0,4}班|(?:顶|代)(?:一下)?我.{0,14}?班"
)
_I_COVER = re.compile(
    r"\b(?:i'll|i will|i can|i could|i'd|let me|i) (?:cover|stand in)(?: for)?\b"
    r"|我(?:来|可以|能|去|想)?(?:替|帮|代|顶)(?!我)"
)
_SWAP = re.compile(r"\b(?:swap|switch|trade|exchange)\b|换(?:一下)?班|换(?=.{0,14}班)|对换|调班|互换")
_WORDS_OF = {
    Deal.COVER_ME: re.compile(r"cover|stand in|on[ -]?call|顶班|代班|替班|值班"),
    Deal.I_COVER: re.compile(r"cover|stand in|on[ -]?call|顶班|代班|替班|值班"),
    Deal.SWAP: re.compile(r"swap|switch|trade|exchange|on[ -]?call|换|调班|对|互|值班"),
}
_IN_RETURN = re.compile(r"\b(?:for|with|against|and)\b|换|和|跟|与")


def asks_who(text: str, rules: Rules) -> Asked | None:
    """ "Who is on call for the network tomorrow at six?", 明天晚上网络组谁值班."""
    if len(text) > MOST_CHARS:
        return None
    found = _WHO.fullmatch(phrasing.bare(text))
    if found is None:
        return None
    about = " ".join(part.strip() for part in found.groupdict().values() if part)
    team, rest = _team_in(about, rules)
    return None if _left_over(_without_times(rest)) else Asked(about, team)


def deal_in(text: str, people: Mapping[PersonId, Person]) -> Dealt | None:
    """ "Can Chen cover me tomorrow 18-22", 我替陈思远值周五的班, "swap Friday with James". `people` are those who may
    be meant."""
    plain = phrasing.bare(text)
    if len(text) > MOST_CHARS:
        return None
    deal = _deal_of(plain)
    if deal is None:
        return None
    named, rest = _people_in(plain, people)
    if deal is Deal.I_COVER and not named:
        return None
    when, back = _swapped(rest) if deal is Deal.SWAP else (rest, "")
    left = _left_over(_without_times(_WORDS_OF[deal].sub(" ", rest)))
    if left and (deal is not Deal.COVER_ME or named):
        return None
    return Dealt(deal, named, when, back, left)


def rotas_with(person: PersonId, rules: Rules) -> tuple[RotaId, ...]:
    """The rotas of the teams this person works in, leads or manages, or takes turns for."""
    return tuple(
        dict.fromkeys(
            rota
            for team in rules.teams.values()
            for rota in team.rotas
            if rota in rules.rotas and person in _all_of(team.id, rules)
        )
    )


def people_with(person: PersonId, rules: Rules) -> tuple[PersonId, ...]:
    """Everybody with whom this person shares a rota, the person not among them."""
    mine = rotas_with(person, rules)
    found = (one for team in rules.teams.values() if set(team.rotas) & set(mine) for one in _all_of(team.id, rules))
    return tuple(one for one in dict.fromkeys(found) if one != person and one in rules.people)


def _all_of(team: TeamId, rules: Rules) -> tuple[PersonId, ...]:
    known = rules.teams[team]
    turns = (
        one
        for rota in known.rotas
        if rota in rules.rotas
        for layer in rules.rotas[rota].layers
        for turn in layer.turns
        for one in turn
    )
    fixed = (one.person for rota in known.rotas if rota in rules.rotas for one in rules.rotas[rota].fixed)
    leaders = (one for one in (known.lead, known.manager) if one is not None)
    return tuple(dict.fromkeys((*turns, *fixed, *known.members, *leaders)))


def _deal_of(plain: str) -> Deal | None:
    if _SWAP.search(plain):
        return Deal.SWAP
    if _COVER_ME.search(plain):
        return Deal.COVER_ME
    if _I_COVER.search(plain):
        return Deal.I_COVER
    return None


def _swapped(rest: str) -> tuple[str, str]:
    """The time given away and the one taken in return: "my Friday for Sunday". With one time only it is both."""
    times = list(meanings_in(rest))
    for joint in _IN_RETURN.finditer(rest):
        before = [one for one in times if one.end <= joint.start()]
        behind = [one for one in times if one.start >= joint.end()]
        if before and behind:
            return rest[: joint.start()], rest[joint.end() :]
    return rest, ""


def team_in(text: str, rules: Rules) -> tuple[TeamId | None, str]:
    """The team that is named first in the text, and what stands behind its name."""
    plain = phrasing.narrowed(text)
    names = [(name.lower(), team.id) for team in rules.teams.values() for name in (*team.names.values(), team.id)]
    for name, team in sorted(names, key=lambda one: -len(one[0])):
        found = re.compile(rf"\W*(?:to |给)?(?:the )?{_name_pattern(name).pattern}(?: team)?").match(plain)
        if found is not None:
            return team, text[found.end() :].strip(phrasing.SEPARATORS)
    return None, text


def _team_in(text: str, rules: Rules) -> tuple[TeamId | None, str]:
    names = [(name.lower(), team.id) for team in rules.teams.values() for name in (*team.names.values(), team.id)]
    for name, team in sorted(names, key=lambda one: -len(one[0])):
        found = _name_pattern(name).search(text)
        if found is not None:
            return team, text[: found.start()] + " " + text[found.end() :]
    return None, text


def _people_in(text: str, people: Mapping[PersonId, Person]) -> tuple[tuple[PersonId, ...], str]:
    """Whoever is named: by the longest name that fits; all who share it."""
    called: dict[str, list[PersonId]] = {}
    for person in people.values():
        for name in names_of(person):
            called.setdefault(name, []).append(person.id)
    for name in sorted(called, key=len, reverse=True):
        found = _name_pattern(name).search(text)
        if found is not None:
            rest = text[: found.start()] + " " + text[found.end() :]
            return tuple(dict.fromkeys(called[name])), re.sub(r"(?<= )'s\b|(?<= )'(?= )", " ", rest)
    return (), text


def names_of(person: Person) -> Iterable[str]:
    """What the person may be called: the whole name, its parts, the id and its parts, the given name of a Chinese
    one."""
    for name in dict.fromkeys((person.name.lower(), person.id.lower().replace("-", " ").replace(".", " "))):
        yield name
        if name.isascii():
            yield from (part for part in re.split(r"[\s:_]+", name) if len(part) > 1)
        elif len(name) == 3 and not any(char.isascii() for char in name):
            yield name[1:]
    yield person.id.lower()


def _name_pattern(name: str) -> re.Pattern[str]:
    spelled = re.escape(name).replace(r"\ ", r"[\s-]+")
    return re.compile(rf"(?<![a-z0-9]){spelled}(?![a-z0-9])" if name.isascii() else spelled)


def _without_times(text: str) -> str:
    kept, place = [], 0
    for found in meanings_in(text):
        kept.append(text[place : found.start])
        place = found.end
    return " ".join((*kept, text[place:]))


def _left_over(text: str) -> str:
    """What is neither a small word nor a digit of a time."""
    plain = re.sub(r"[0-9:–—~-]+", " ", text.replace("weekend", " ").replace("周末", " "))
    words = [word for word in re.findall(r"[a-zà-ɏ'’]+", plain) if word.strip("'’") not in _SMALL_EN]
    signs = _SMALL_ZH.sub("", re.sub(r"[a-zà-ɏ'’]+", "", plain))
    return " ".join((*(word for word in words if word.strip("'’") != "s"), *([signs] if signs.strip() else []))).strip()
