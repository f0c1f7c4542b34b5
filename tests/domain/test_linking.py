"""What a one-time code does, and when somebody may guess no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import PersonId
from bot.domain.linking import LOCKED_FOR, MOST_WRONG, VALID_FOR, WRONG_WITHIN, LinkCode, Verdict, judged, locked_until

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
MEI, WANG, GUEST = PersonId("mei"), PersonId("wang"), PersonId("telegram:7")
CODE = LinkCode(1, "salt$hash", MEI, NOON, NOON + VALID_FOR)
USED = replace(CODE, used_at=NOON, used_by="telegram:7")


@pytest.mark.parametrize(
    ("code", "owner", "is_self_made", "after", "verdict"),
    [
        (CODE, GUEST, True, timedelta(minutes=9), Verdict.LINKED),
        (CODE, None, False, timedelta(minutes=9), Verdict.LINKED),
        (CODE, WANG, False, timedelta(minutes=9), Verdict.TAKEN),
        (CODE, MEI, False, timedelta(minutes=9), Verdict.ALREADY),
        (CODE, GUEST, True, VALID_FOR, Verdict.WRONG),
        (USED, GUEST, True, timedelta(minutes=1), Verdict.WRONG),
        (USED, MEI, False, timedelta(minutes=1), Verdict.ALREADY),
        (replace(USED, used_by="telegram:8"), MEI, False, timedelta(minutes=1), Verdict.WRONG),
        (None, GUEST, True, timedelta(0), Verdict.WRONG),
    ],
)
def test_a_code_joins_only_what_nobody_known_has_and_only_once(
    code: LinkCode | None, owner: PersonId | None, is_self_made: bool, after: timedelta, verdict: Verdict
) -> None:
    assert judged(code, "telegram:7", owner, is_self_made=is_self_made, now=NOON + after) is verdict


def test_five_wrong_tries_within_ten_minutes_lock_for_ten_minutes_from_the_last() -> None:
    tries = [NOON + timedelta(minutes=2 * n) for n in range(MOST_WRONG)]
    last = tries[-1]

    assert locked_until(tries[:-1], last) is None
    assert locked_until(tries, last) == last + LOCKED_FOR
    assert locked_until(tries, last + LOCKED_FOR - timedelta(seconds=1)) == last + LOCKED_FOR
    assert locked_until(tries, last + LOCKED_FOR) is None


def test_slow_mistakes_lock_nobody_out() -> None:
    tries = [NOON + timedelta(minutes=3 * n) for n in range(MOST_WRONG)]

    assert locked_until(tries, tries[-1]) is None


@given(st.lists(st.integers(0, 7200), max_size=200))
@settings(max_examples=100)
def test_whoever_obeys_the_lock_never_gets_more_than_five_tries_in_ten_minutes(wishes: list[int]) -> None:
    made: list[datetime] = []
    for wish in sorted(wishes):
        now = NOON + timedelta(seconds=wish)
        if locked_until(made, now) is None:
            made.append(now)

    for place, first in enumerate(made):
        within = [one for one in made[place:] if one - first < WRONG_WITHIN]
        assert len(within) <= MOST_WRONG
