"""Covers: whose consent is needed, who may put somebody in at once, and what cannot be asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.covers import (
    LONGEST,
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
    withdraw,
)
from bot.domain.ids import CoverId, PersonId, RotaId
from bot.domain.oncall import Layer, Rota, on_call_at
from bot.domain.refusals import (
    AlreadyOnCall,
    AlreadySettled,
    CoverInThePast,
    CoverTooLong,
    EndsBeforeItStarts,
    NotOnCallThen,
    NotOnThatRota,
    NotYours,
    Refusal,
    SeveralOnCall,
    Unknown,
)
from bot.domain.rules import Role, Rules
from tests.domain.small_desk import CHEN, LIN, MEI, MON_9, OLGA, WANG, ZHOU
from tests.domain.small_rota import DAY, FIRST, HOUR, day, rota_of, rota_rules

RULES = rota_rules()
TUESDAY = (day(1), day(2))
"""Chen's turn."""


def wish(by: PersonId, person: PersonId, starts: datetime = TUESDAY[0], ends: datetime = TUESDAY[1]) -> Wish:
    return Wish(FIRST, person, starts, ends, by)


def asked(one: Wish, rules: Rules = RULES, now: datetime = MON_9) -> CoverRequest:
    """The request under number 1."""
    return replace(ask(one, rules, now)[0], id=CoverId(1))


# --- asking ----------------------------------------------------------------------------------------------------------


def test_who_asks_another_to_take_over_needs_that_ones_consent() -> None:
    request = asked(wish(CHEN, LIN))

    assert (request.state, request.instead_of, request.asks) == (CoverState.ASKED, CHEN, LIN)


def test_who_offers_to_step_in_needs_the_consent_of_the_one_on_call() -> None:
    request = asked(wish(LIN, LIN))

    assert (request.state, request.instead_of, request.asks) == (CoverState.ASKED, CHEN, CHEN)


def test_who_steps_in_where_nobody_is_on_call_needs_nobody() -> None:
    ends = day(1)
    short = rota_rules(rota=replace(rota_of(LIN), layers=(replace(rota_of(LIN).layers[0], until=ends),)))

    request = asked(wish(CHEN, CHEN), short)

    assert (request.state, request.instead_of, request.settled_by) == (CoverState.AGREED, None, CHEN)


@pytest.mark.parametrize("by", [WANG, ZHOU])
def test_a_lead_or_manager_puts_somebody_in_at_once(by: PersonId) -> None:
    request = asked(wish(by, LIN))

    assert (request.state, request.instead_of, request.settled_by) == (CoverState.AGREED, CHEN, by)


def test_a_lead_who_steps_in_asks_nobody() -> None:
    request = asked(wish(WANG, WANG))

    assert (request.state, request.instead_of) == (CoverState.AGREED, CHEN)


def test_an_admin_too_and_even_somebody_from_outside() -> None:
    people = {**RULES.people, OLGA: replace(RULES.people[OLGA], roles=frozenset({Role.ADMIN}))}

    request = asked(wish(OLGA, MEI), replace(RULES, people=people))

    assert (request.state, request.person) == (CoverState.AGREED, MEI)


def test_a_lead_who_gives_the_own_shift_away_asks_unless_it_shall_be_at_once() -> None:
    rules = rota_rules(rota=rota_of(LIN, WANG))

    assert asked(wish(WANG, LIN), rules).state is CoverState.ASKED
    assert asked(replace(wish(WANG, LIN), at_once=True), rules).state is CoverState.AGREED


def test_one_person_put_in_over_several_turns_stands_in_for_all_of_them() -> None:
    rules = rota_rules()

    request = asked(wish(WANG, WANG, day(1), day(3)), rules)

    assert (request.state, request.instead_of) == (CoverState.AGREED, None)
    assert relieved_by(request, rules) == (CHEN, LIN)


def test_what_of_it_is_past_is_left_out() -> None:
    request = asked(wish(CHEN, LIN), now=day(1) + HOUR)

    assert (request.starts, request.ends) == (day(1) + HOUR, day(2))


@pytest.mark.parametrize(
    ("one", "refusal"),
    [
        (wish(CHEN, LIN, day(-2), day(-1)), CoverInThePast),
        (wish(CHEN, LIN, day(-1), day(0)), CoverInThePast),
        (wish(CHEN, LIN, day(2), day(1)), EndsBeforeItStarts),
        (wish(CHEN, LIN, day(1), day(1)), EndsBeforeItStarts),
        (wish(CHEN, LIN, day(1), day(1) + LONGEST + HOUR), CoverTooLong),
        (wish(CHEN, OLGA), NotOnThatRota),
        (wish(OLGA, OLGA), NotOnThatRota),
        (wish(OLGA, LIN), NotYours),
        (wish(LIN, WANG), NotYours),  # it is Chen's day
        (replace(wish(LIN, WANG), instead_of=CHEN), NotYours),
        (wish(CHEN, CHEN), AlreadyOnCall),
        (replace(wish(LIN, LIN), instead_of=WANG), NotOnCallThen),
        (replace(wish(CHEN, LIN), at_once=True), NotYours),
        (replace(wish(CHEN, LIN), rota=RotaId("gone")), Unknown),
        (wish(CHEN, PersonId("nobody")), Unknown),
    ],
)
def test_what_cannot_be_asked_for_is_refused(one: Wish, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        ask(one, RULES, MON_9)


def test_where_several_are_on_call_it_must_be_said_instead_of_whom() -> None:
    layer = rota_of(LIN).layers[0]
    pair = Rota(FIRST, {"en": "Pair"}, (Layer("pair", "UTC", ((LIN, CHEN),), layer.begins, layer.handover),))
    rules = rota_rules(rota=pair)
    team = rules.teams[next(iter(rules.teams))]
    rules = replace(rules, teams={**rules.teams, team.id: replace(team, members=(*team.members, MEI))})

    with pytest.raises(SeveralOnCall) as refused:
        ask(wish(MEI, MEI), rules, MON_9)
    request = asked(replace(wish(MEI, MEI), instead_of=CHEN), rules)

    assert refused.value.facts == {"people": f"{LIN},{CHEN}"}
    assert (request.instead_of, request.asks) == (CHEN, CHEN)


# --- swaps -----------------------------------------------------------------------------------------------------------


def test_a_swap_is_two_covers_that_are_settled_together() -> None:
    given, taken = ask(replace(wish(CHEN, LIN), back=(day(2), day(3))), RULES, MON_9)
    given, taken = replace(given, id=CoverId(1)), replace(taken, id=CoverId(2))

    agreed = [agree(one, LIN, RULES, MON_9) for one in (given, taken)]

    assert [are_swap(given, taken), are_swap(taken, given), are_swap(given, given)] == [True, True, False]
    covers = in_force(agreed)
    rota = RULES.rotas[FIRST]
    assert [on_call_at(rota, covers, day(number)) for number in range(4)] == [(LIN,), (LIN,), (CHEN,), (CHEN,)]


def test_in_return_one_can_only_take_what_the_other_has() -> None:
    with pytest.raises(NotOnCallThen):
        ask(replace(wish(CHEN, LIN), back=(day(3), day(4))), RULES, MON_9)


# --- settling --------------------------------------------------------------------------------------------------------


def test_whoever_is_asked_agrees_or_declines() -> None:
    request = asked(wish(CHEN, LIN))

    agreed, declined = agree(request, LIN, RULES, day(0) + HOUR), decline(request, LIN, RULES, day(0) + HOUR)

    assert (agreed.state, agreed.settled_by, agreed.settled_at) == (CoverState.AGREED, LIN, day(0) + HOUR)
    assert (declined.state, declined.settled_by) == (CoverState.DECLINED, LIN)
    assert in_force([agreed, declined]) == (agreed.cover,)


@pytest.mark.parametrize("by", [CHEN, OLGA, MEI])
def test_nobody_else_settles_it(by: PersonId) -> None:
    request = asked(wish(CHEN, LIN))

    with pytest.raises(NotYours):
        agree(request, by, RULES, MON_9)
    with pytest.raises(NotYours):
        decline(request, by, RULES, MON_9)


def test_a_lead_may_agree_for_somebody() -> None:
    assert agree(asked(wish(CHEN, LIN)), WANG, RULES, MON_9).state is CoverState.AGREED


def test_what_is_agreed_late_holds_from_then_on_and_not_before() -> None:
    request = asked(wish(CHEN, LIN))

    assert agree(request, LIN, RULES, day(1) + HOUR).starts == day(1) + HOUR
    with pytest.raises(CoverInThePast):
        agree(request, LIN, RULES, day(2))


def test_what_is_settled_stays_settled() -> None:
    request = asked(wish(CHEN, LIN))
    declined = decline(request, LIN, RULES, MON_9)

    for again in (agree, decline, withdraw):
        with pytest.raises(AlreadySettled) as refused:
            again(declined, LIN, RULES, MON_9)
        assert refused.value.facts == {"state": "declined", "by": LIN}
    with pytest.raises(AlreadySettled):
        agree(agree(request, LIN, RULES, MON_9), LIN, RULES, MON_9)


def test_whoever_asked_may_take_it_back_and_whoever_is_asked_may_not() -> None:
    request = asked(wish(CHEN, LIN))

    assert withdraw(request, CHEN, RULES, MON_9).state is CoverState.WITHDRAWN
    with pytest.raises(NotYours):
        withdraw(request, LIN, RULES, MON_9)


def test_the_one_relieved_may_take_the_shift_back_and_the_other_may_not_drop_it() -> None:
    agreed = agree(asked(wish(CHEN, LIN)), LIN, RULES, MON_9)

    assert withdraw(agreed, CHEN, RULES, MON_9).state is CoverState.WITHDRAWN
    assert withdraw(agreed, WANG, RULES, MON_9).state is CoverState.WITHDRAWN
    with pytest.raises(NotYours):
        withdraw(agreed, LIN, RULES, MON_9)
    with pytest.raises(NotYours):
        withdraw(agreed, CHEN, RULES, MON_9, is_swap=True)


def test_a_cover_that_has_begun_ends_where_it_is_taken_back() -> None:
    agreed = agree(asked(wish(CHEN, LIN)), LIN, RULES, MON_9)

    ended = withdraw(agreed, CHEN, RULES, day(1) + HOUR)

    assert (ended.state, ended.starts, ended.ends) == (CoverState.AGREED, day(1), day(1) + HOUR)
    with pytest.raises(CoverInThePast):
        withdraw(agreed, CHEN, RULES, day(2))


def test_covers_that_share_time_on_one_rota_are_found() -> None:
    agreed = agree(asked(wish(CHEN, LIN)), LIN, RULES, MON_9)
    others = [
        replace(agreed.cover, id=CoverId(2), starts=day(1) + HOUR, ends=day(3)),
        replace(agreed.cover, id=CoverId(3), starts=day(2), ends=day(3)),
        replace(agreed.cover, id=CoverId(4), rota=RotaId("second")),
    ]

    assert [one.id for one in overlapping(agreed, [agreed.cover, *others])] == [2]


def test_the_newest_of_two_agreed_covers_counts() -> None:
    first = agree(asked(wish(CHEN, LIN)), LIN, RULES, MON_9)
    second = replace(asked(wish(ZHOU, WANG), rota_rules(first.cover)), id=CoverId(2))

    assert on_call_at(RULES.rotas[FIRST], in_force([second, first]), day(1) + DAY / 2) == (WANG,)
