"""What waits for one address leaves in the right order, at the right time, in the right company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.port import Manners
from bot.domain.announce import Urgency
from bot.domain.ids import TicketId
from bot.engine import bundle
from bot.engine.lane import Lane
from bot.engine.pace import Pace
from bot.services.ports import Letter, Outgoing

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
PER_MINUTE = Manners(posts=20, per=timedelta(minutes=1), burst=3)
ONE_A_SECOND = Manners(posts=1, per=timedelta(seconds=1))


def waiting(
    number: int, *, about: str = "news", page: bool = False, maybe: bool = False, reader: str = "it"
) -> Outgoing:
    urgency = Urgency.PAGE if page else Urgency.NORMAL
    letter = Letter(
        f"k{number}", "x:it", f"team:{reader}", about, urgency, TicketId(number), {"n": str(number)}, live=True
    )
    return Outgoing(number, letter, NOON, 1, maybe)


def edit(number: int, message: str) -> Outgoing:
    letter = Letter(f"k{number}", "x:it", "team:it", "news", Urgency.NORMAL, TicketId(number), live=True)
    return Outgoing(number, letter, NOON, 1, False, message)


def may_bundle(outgoing: Outgoing) -> bool:
    return outgoing.letter.about == "news"


def taken(lane: Lane, at_s: float) -> list[int]:
    parcel = lane.take(at_s, may_bundle)
    return [] if parcel is None else [one.id for one in parcel.outgoings]


def test_a_bucket_gives_its_burst_at_once_and_then_one_by_one() -> None:
    pace = Pace(PER_MINUTE)

    for _ in range(3):
        assert pace.ready_at() <= 100
        pace.spend(100)

    assert pace.tokens(100) == 0
    assert pace.ready_at() == 103
    assert (pace.tokens(102.9), pace.tokens(103), pace.tokens(106), pace.tokens(500)) == (0, 1, 2, 3)
    assert pace.full_at() == 109


def test_more_tokens_than_a_bucket_holds_are_as_many_as_it_holds() -> None:
    pace = Pace(ONE_A_SECOND)
    pace.spend(10)

    assert pace.ready_at(5) == pace.ready_at(1) == 11


def test_letters_stand_in_the_order_they_were_written_however_they_come() -> None:
    lane = Lane("x:it", Manners(100, timedelta(seconds=1), 100))
    for number in (3, 1, 2):
        lane.put(waiting(number, about="reply"))

    assert [taken(lane, 0) for _ in range(4)] == [[1], [2], [3], []]


def test_pages_go_before_letters_and_letters_before_edits() -> None:
    lane = Lane("x:it", Manners(100, timedelta(seconds=1), 100))
    lane.put(edit(1, "m"))
    lane.put(waiting(1, about="reply"))
    lane.put(waiting(2, page=True))

    assert [taken(lane, 0) for _ in range(3)] == [[2], [1], [1]]
    assert not lane.waits


def test_the_last_token_is_for_a_page() -> None:
    lane = Lane("x:it", PER_MINUTE)
    for number in (1, 2, 3):
        lane.put(waiting(number, about="reply"))

    assert [taken(lane, 0) for _ in range(3)] == [[1], [2], []]
    assert lane.ready_at() == 3
    lane.put(waiting(4, page=True))
    assert taken(lane, 0) == [4]


def test_while_a_page_waits_nothing_else_takes_its_token() -> None:
    lane = Lane("x:it", ONE_A_SECOND)
    lane.put(waiting(1, about="page", page=True))
    lane.put(waiting(2, about="page", page=True))
    lane.put(edit(1, "m"))

    assert [taken(lane, 0), taken(lane, 0), taken(lane, 1), taken(lane, 1)] == [[1], [], [2], [1]]


def test_edits_have_a_pace_of_their_own_unless_they_count() -> None:
    apart = Lane("x:it", ONE_A_SECOND)
    counted = Lane("x:it", Manners(1, timedelta(seconds=1), edits_count=True))
    for lane in (apart, counted):
        lane.put(waiting(1))
        lane.put(edit(1, "m"))
        lane.put(edit(2, "n"))

    assert [taken(apart, 0), taken(apart, 0), taken(apart, 0), taken(apart, 1)] == [[1], [1], [], [2]]
    assert [taken(counted, 0), taken(counted, 0), taken(counted, 1), taken(counted, 2)] == [[1], [], [1], [2]]


def test_edits_of_one_message_go_together() -> None:
    lane = Lane("x:it", ONE_A_SECOND)
    for number, message in ((1, "m"), (2, "n"), (3, "m")):
        lane.put(edit(number, message))

    assert taken(lane, 0) == [1, 3]


def test_an_address_that_rests_takes_nothing() -> None:
    lane = Lane("x:it", PER_MINUTE)
    lane.put(waiting(1, page=True))
    lane.rests_until_s = 50

    assert (lane.ready_at(), taken(lane, 49), taken(lane, 50)) == (50, [], [1])


def test_an_address_is_forgotten_when_there_is_nothing_to_remember() -> None:
    lane = Lane("x:it", PER_MINUTE)
    lane.put(waiting(1))
    assert not lane.is_idle(0)

    taken(lane, 0)

    assert not lane.is_idle(2.9)
    assert lane.is_idle(3)
    lane.rests_until_s = 10
    assert not lane.is_idle(9)
    lane.is_out = True
    assert not lane.is_idle(100)


@pytest.mark.parametrize(
    ("queue", "tokens", "together"),
    [
        ([waiting(1)], 0, 1),
        ([waiting(1), waiting(2)], 2, 1),
        ([waiting(1), waiting(2)], 1, 2),
        ([waiting(1), waiting(2), waiting(3)], 3, 1),
        ([waiting(1), waiting(2), waiting(3), waiting(4)], 100, 4),
        ([waiting(number) for number in range(1, 50)], 1, 30),
        ([waiting(1, about="reply"), waiting(2), waiting(3)], 0, 1),
        ([waiting(1), waiting(2), waiting(3, about="reply"), waiting(4)], 1, 2),
        ([waiting(1), waiting(2, reader="hr"), waiting(3)], 0, 1),
        ([waiting(1, maybe=True), waiting(2, maybe=True), waiting(3)], 100, 2),
        ([waiting(1), waiting(2, maybe=True)], 0, 1),
    ],
)
def test_who_goes_in_one_message(queue: list[Outgoing], tokens: int, together: int) -> None:
    assert bundle.head(queue, tokens=tokens, may_bundle=may_bundle) == tuple(queue[:together])


def test_a_bundle_goes_by_a_key_that_only_these_letters_have() -> None:
    some = [waiting(1), waiting(2)]

    assert bundle.key_of(some) == bundle.key_of([waiting(1, maybe=True), waiting(2, maybe=True)])
    assert len({bundle.key_of(some), bundle.key_of(some[::-1]), bundle.key_of([*some, waiting(3)]), "k1"}) == 4
    assert bundle.key_of(some[:1]) == "k1"


def test_each_of_a_bundle_remembers_all_of_it() -> None:
    some = [waiting(1), waiting(2, about="breach"), waiting(3)]

    remembering = bundle.remembering(some)

    for one, before in zip(remembering, some, strict=True):
        assert one.letter.key == before.letter.key
        shown = [(other.letter.about, other.letter.ticket, other.letter.facts) for other in bundle.sharing(one)]
        assert shown == [("news", 1, {"n": "1"}), ("breach", 2, {"n": "2"}), ("news", 3, {"n": "3"})]


def test_one_alone_remembers_nothing() -> None:
    alone = waiting(1)

    assert bundle.remembering([alone]) == [alone]
    assert bundle.sharing(alone) == [alone]
