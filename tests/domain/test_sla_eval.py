"""`deskbell sla eval`: cases of others, answered by the desk's own clocks."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.sla import Clock, Mark, MarkKind, Target, Terms, current, promises
from bot.domain.sla_eval import CLOCKS, evaluate, evaluated
from bot.domain.worktime import Calendar, parse_hours

OFFICE = {"mon-fri": [["09:00", "17:00"]]}
SLA = {"response_s": 3600, "update_s": 14400, "resolve_s": 28800, "keep_in_loop_s": 7200}
BY_PRIORITY = {"P1": {"response_s": 900, "resolve_s": 7200}, "P3": SLA}


def moment(hours: float) -> str:
    """So many hours after Monday 2 March 2026, 09:00 UTC."""
    return (datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(hours=hours)).isoformat().replace("+00:00", "Z")


def event(hours: float, what: str, **more: object) -> dict[str, object]:
    return {"at": moment(hours), "type": what, **more}


def answer(kind: str, **more: object) -> dict[str, Any]:
    return evaluate({"id": 7, "kind": kind, "tz": "UTC", "hours": OFFICE, **more})


def lived(*events: dict[str, object], **more: object) -> dict[str, Any]:
    return answer("sequence", **{"sla": SLA, "events": [event(0, "create"), *events], **more})


# Deadlines and elapsed time.


@pytest.mark.parametrize(
    ("more", "deadline"),
    [
        ({"duration_s": 3600}, moment(1)),
        ({"duration_s": 28800}, moment(8)),
        ({"duration_s": 28801}, "2026-03-03T09:00:01Z"),
        ({"duration_s": 0.5}, "2026-03-02T09:00:00.500000Z"),
        ({"duration_s": 36000, "holidays": ["2026-03-03"]}, moment(50)),
        ({"duration_s": 5 * 28800 + 60, "extra": {"2026-03-07": [["10:00", "12:00"]]}}, "2026-03-07T10:01:00Z"),
        ({"duration_s": 14400, "breaks": {"2026-03-02": [["12:00", "13:00"]]}}, moment(5)),
        ({"duration_days": 2, "unit": "working_day"}, moment(48)),
        ({"duration_days": 2, "unit": "working_day", "end_of_day": True}, moment(56)),
        ({"duration_days": 0, "end_of_day": True}, moment(8)),
    ],
)
def test_a_deadline_is_said_in_utc(more: dict[str, object], deadline: str) -> None:
    assert answer("deadline", start=moment(0), **more) == {"id": 7, "deadline": deadline}


def test_a_moment_may_be_written_with_an_offset() -> None:
    assert answer("deadline", start="2026-03-02T10:00:00+01:00", duration_s=60)["deadline"] == "2026-03-02T09:01:00Z"


def test_elapsed_time_is_open_time_between_two_moments() -> None:
    assert answer("elapsed", start=moment(7), end=moment(25)) == {"id": 7, "elapsed_s": 7200}
    assert answer("elapsed", start=moment(0), end="2026-03-02T09:00:00.25Z")["elapsed_s"] == 0.25
    assert answer("elapsed", start=moment(3), end=moment(1))["elapsed_s"] == 0


def test_hours_are_those_of_the_zone() -> None:
    assert answer("deadline", tz="Asia/Shanghai", start=moment(-9), duration_s=60)["deadline"] == "2026-03-02T01:01:00Z"


# Lives.


def test_a_new_ticket_is_due_and_nothing_is_used() -> None:
    told = lived()

    assert (told["response_due"], told["update_due"], told["resolve_due"]) == (moment(1), moment(4), moment(8))
    assert (told["resolve_consumed_s"], told["keep_in_loop_due"], told["keep_in_loop_state"]) == (0, None, None)
    assert (told["response_at"], told["breaches"], told["id"]) == (None, [], 7)


def test_replies_pauses_and_messages_move_the_clocks() -> None:
    told = lived(
        event(0.5, "agent_reply"),
        event(1, "pause", reason="pending"),
        event(2, "customer_message"),
        event(2, "resume"),
        now=moment(3),
    )

    assert (told["response_due"], told["response_at"], told["response_state"]) == (moment(1), moment(0.5), "kept")
    assert (told["update_due"], told["resolve_due"], told["keep_in_loop_due"]) == (moment(5.5), moment(25), moment(4))
    assert (told["resolve_consumed_s"], told["resolve_left_s"], told["resolve_paused"]) == (7200, 21600, False)


def test_a_paused_clock_has_time_left_and_no_deadline() -> None:
    told = lived(event(1, "pause"), now=moment(300))

    assert (told["resolve_due"], told["resolve_paused"], told["resolve_state"]) == (None, True, "paused")
    assert (told["resolve_left_s"], told["resolve_consumed_s"], told["response_paused"]) == (25200, 3600, False)


@pytest.mark.parametrize(
    ("names", "paused"),
    [
        (None, {"update", "resolve"}),
        (["resolve"], {"resolve"}),
        (["response", "update", "resolve", "keep_in_loop"], {"response", "update", "resolve", "keep_in_loop"}),
        ([], set()),
    ],
)
def test_a_pause_stops_the_clocks_that_are_named(names: list[str] | None, paused: set[str]) -> None:
    more = {} if names is None else {"pause_clocks": names}
    told = lived(event(0.25, "customer_message"), event(0.5, "pause"), **more)

    assert {name for name in CLOCKS if told[f"{name}_paused"]} == paused


def test_what_comes_again_and_again_is_not_due_once_it_is_resolved() -> None:
    told = lived(event(1, "customer_message"), event(2, "resolve"))

    assert (told["update_due"], told["keep_in_loop_due"]) == (None, None)
    assert (told["response_due"], told["resolve_due"], told["resolve_done_at"]) == (moment(1), moment(8), moment(2))
    assert (told["response_state"], told["resolve_state"]) == ("missed", "kept")
    assert told["breaches"] == [{"clock": "response", "cycle": 1, "at": moment(1), "reclassified": False}]


def test_nothing_is_due_for_a_cancelled_ticket() -> None:
    told = lived(event(0.5, "cancel"))

    assert {told[f"{name}_due"] for name in CLOCKS} == {None}
    assert told["resolve_state"] == "stopped"


def test_closing_what_nobody_resolved_is_its_resolution() -> None:
    told = lived(event(2, "close"))

    assert (told["resolve_state"], told["resolve_done_at"], told["resolve_consumed_s"]) == ("kept", moment(2), 7200)


@pytest.mark.parametrize("what", ["reopen", "open"])
def test_a_reopened_ticket_goes_on_in_its_next_cycle(what: str) -> None:
    told = lived(event(2, "resolve"), event(25, what), now=moment(26))

    assert (told["resolve_due"], told["resolve_consumed_s"]) == (moment(31), 10800)
    assert [(one["clock"], one["cycle"], one["state"]) for one in told["promises"] if one["clock"] == "resolve"] == [
        ("resolve", 1, "kept"),
        ("resolve", 2, "running"),
    ]


def test_opening_ends_a_pause() -> None:
    assert lived(event(1, "pause"), event(2, "open"))["resolve_due"] == moment(24 + 1)


def test_a_new_priority_counts_from_the_creation() -> None:
    told = lived(event(3, "set_priority", priority="P1"), sla=BY_PRIORITY, priority="P3")

    assert told["resolve_due"] == moment(2)
    assert told["breaches"][-1] == {"clock": "resolve", "cycle": 1, "at": moment(3), "reclassified": True}


def test_a_new_sla_counts_from_the_creation() -> None:
    assert lived(event(1, "set_sla", sla={"resolve_s": 7200}))["resolve_due"] == moment(2)
    assert lived(event(1, "set_sla", sla="P1"), sla=BY_PRIORITY, priority="P3")["resolve_due"] == moment(2)
    assert lived(
        event(1, "set_sla", sla={"gold": {"resolve_s": 60}, "P3": {"resolve_s": 7200}}), sla=BY_PRIORITY, priority="P3"
    )["resolve_due"] == moment(2)


def test_the_creation_may_name_the_priority_and_the_sla() -> None:
    first = {"events": [event(0, "create", priority="P1")], "sla": BY_PRIORITY}
    second = {"events": [event(0, "create", sla={"resolve_s": 60})]}

    assert answer("sequence", **first)["resolve_due"] == moment(2)
    assert answer("sequence", **second)["resolve_due"] == moment(1 / 60)


@pytest.mark.parametrize(
    ("state", "seen"),
    [("new", "running"), ("open", "running"), ("pending", "paused"), ("resolved", "kept"), ("closed", "kept")],
)
def test_a_ticket_may_be_created_in_a_state(state: str, seen: str) -> None:
    told = answer("sequence", sla=SLA, events=[event(0, "create", state=state)], now=moment(0.5))

    assert told["resolve_state"] == seen


def test_events_may_come_in_any_order_and_a_stop_beats_a_pause_beats_a_start() -> None:
    events = [event(2, "resolve"), event(2, "pause"), event(2, "reopen"), event(0, "create"), event(1, "agent_reply")]

    there, back = answer("sequence", sla=SLA, events=events), answer("sequence", sla=SLA, events=events[::-1])

    assert there == back
    assert (there["resolve_state"], there["resolve_consumed_s"]) == ("kept", 7200)


def test_what_comes_after_now_has_not_happened_yet() -> None:
    assert lived(event(5, "resolve"), now=moment(2)) == lived(now=moment(2))


def test_a_clock_without_a_target_is_off() -> None:
    told = lived(sla={"resolve_s": 3600, "update_s": None})

    assert (told["update_due"], told["response_due"], told["resolve_due"]) == (None, None, moment(1))


def test_a_breach_that_was_carried_over_is_told_once() -> None:
    told = lived(event(9, "resolve"), event(30, "reopen"), now=moment(31))

    assert [one["at"] for one in told["breaches"] if one["clock"] == "resolve"] == [moment(8)]


# Mistakes.


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"kind": "guess"}, 'kind is "guess": use deadline, elapsed, sequence'),
        ({"kind": None}, "kind is missing: use deadline, elapsed, sequence"),
        ({"kind": ["deadline"]}, 'kind is ["deadline"]: use'),
        ({"tz": "Mars/Olympus"}, "zone Mars/Olympus is no zone: use an IANA name such as Asia/Shanghai"),
        ({"tz": None}, "tz is missing: name a zone"),
        ({"hours": None}, "hours are missing: use"),
        ({"hours": {"mon": "9-5"}}, "hours are missing: use"),
        ({"hours": {}}, "the calendar never opens: give hours"),
        ({"hours": {"mon": [["9", "17:00"]]}}, "mon 9 is no time of day: use 09:00, up to 24:00"),
        ({"hours": {"mon": [7]}}, "mon 7 is no window"),
        ({"hours": {"mon": [["09:00", "09:00"]]}}, "opens and closes at the same time"),
        ({"hours": {"day": []}}, "day is no weekday"),
        ({"hours": {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}}, "overlap: let one end where the next begins"),
        ({"holidays": "2026-01-01"}, "holidays are not a list"),
        ({"holidays": ["New Year"]}, 'holidays has "New Year": use dates such as 2026-12-25'),
        ({"extra": ["2026-01-01"]}, "extra has no windows by date"),
        ({"breaks": {"2026-01-01": "noon"}}, "breaks has no windows by date"),
        (
            {"holidays": ["2026-03-03"], "extra": {"2026-03-03": [["09:00", "10:00"]]}},
            "is a holiday with hours of its own: take it out of holidays or out of extra",
        ),
        ({"start": None}, "start is missing: use a moment in UTC such as 2026-03-02T09:00:00Z"),
        ({"start": "2026-03-02T09:00:00"}, "use a moment in UTC"),
        ({"start": "soon"}, 'start is "soon": use a moment in UTC'),
        ({"start": 1772442000}, "start is 1772442000: use a moment in UTC"),
        ({"duration_s": None}, "duration_s is missing: use a number of seconds"),
        ({"duration_s": -1}, "duration_s is -1: use a number of seconds that is not negative"),
        ({"duration_s": True}, "duration_s is true: use"),
        ({"duration_s": float("nan")}, "duration_s is NaN: use"),
        ({"duration_s": float("inf")}, "duration_s is Infinity: use"),
        ({"duration_s": 1e12}, "a moment lies out of reach"),
        ({"duration_s": 1e300}, "a moment lies out of reach"),
        ({"duration_days": 1}, "a deadline needs either duration_s or duration_days"),
    ],
)
def test_a_mistake_is_answered_with_what_to_do(more: dict[str, Any], words: str) -> None:
    told = answer(**{"kind": "deadline", "start": moment(0), "duration_s": 60, **more})

    assert told.keys() == {"id", "error"}
    assert told["id"] == 7
    assert words in told["error"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "a deadline needs either duration_s or duration_days"),
        ({"duration_days": 1.5}, "duration_days is 1.5: use a whole number"),
        ({"duration_days": -1}, "duration_days is -1: use a whole number"),
        ({"duration_days": True}, "duration_days is true: use a whole number"),
        ({"duration_days": 1, "unit": "day"}, 'unit is "day": use "working_day"'),
        ({"duration_days": 1, "end_of_day": 1}, "end_of_day is 1: use true or false"),
        ({"duration_days": 10**9}, "a moment lies out of reach"),
    ],
)
def test_a_mistake_in_working_days_is_answered_with_what_to_do(more: dict[str, object], words: str) -> None:
    assert words in answer("deadline", start=moment(0), **more)["error"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"events": None}, "events are missing: use"),
        ({"events": ["create"]}, "events are missing: use"),
        ({"events": []}, "a life begins with its create event"),
        ({"events": [event(0, "agent_reply")]}, "a life begins with its create event"),
        ({"events": [event(1, "create"), event(0, "agent_reply")]}, "a life begins with its create event"),
        ({"events": [event(0, "create"), event(1, "create")]}, "there are two create events"),
        ({"events": [event(0, "create", state="lost")]}, 'state of event 1 is "lost": use new, open'),
        ({"events": [event(0, "create", state=3)]}, "state of event 1 is 3: use new, open"),
        ({"events": [event(0, "create"), event(1, "snooze")]}, 'type of event 2 is "snooze": use create, agent_reply'),
        ({"events": [{"type": "create"}]}, "at of event 1 is missing: use a moment"),
        ({"events": [event(0, "create"), event(1, "set_priority")]}, "priority of event 2 is missing"),
        ({"events": [event(0, "create"), event(1, "set_sla")]}, "sla of event 2 is missing"),
        ({"sla": None}, "sla is missing: use"),
        ({"sla": {}}, "sla is missing: use"),
        ({"sla": {"solve_s": 5}}, "sla at event 1 promises solve_s: use response_s, update_s"),
        ({"sla": {"resolve_s": "1h"}}, 'resolve_s is "1h": use a number of seconds'),
        ({"sla": BY_PRIORITY}, "priority at event 1 is missing, but the sla has P1, P3: use one of them"),
        ({"sla": BY_PRIORITY, "priority": "P9"}, 'priority at event 1 is "P9", but the sla has P1, P3'),
        ({"pause_clocks": "resolve"}, 'pause_clocks is "resolve": use a list of response, update'),
        ({"pause_clocks": ["solve"]}, 'pause_clocks is ["solve"]: use a list of response, update'),
        ({"now": "later"}, 'now is "later": use a moment'),
        ({"now": moment(-1)}, "a life begins with its create event"),
    ],
)
def test_a_mistake_in_a_life_is_answered_with_what_to_do(more: dict[str, object], words: str) -> None:
    assert words in answer("sequence", **{"sla": SLA, "events": [event(0, "create")], **more})["error"]


@pytest.mark.parametrize("case", [None, 3, "case", [], [{}]])
def test_what_is_no_case_is_answered_as_well(case: object) -> None:
    assert evaluate(case) == {"id": None, "error": "a case is a JSON object: start it with {"}


def test_a_case_without_a_name_is_answered_without_one() -> None:
    assert evaluate({"kind": "elapsed"})["id"] is None


# Lines.


def test_each_line_gets_its_line_and_a_bad_one_spares_its_neighbours() -> None:
    good = json.dumps(
        {"id": "一", "kind": "elapsed", "tz": "UTC", "hours": OFFICE, "start": moment(0), "end": moment(1)},
        ensure_ascii=False,
    )

    lines = list(evaluated([good + "\n", "\n", "{oops\n", "   ", "[" * 100_000, good]))

    assert [json.loads(line).get("elapsed_s") for line in lines] == [3600, None, None, 3600]
    assert lines[0].startswith('{"id": "一"')
    assert "line 3 is not JSON" in lines[1]
    assert "line 5 is not JSON" in lines[2]


def test_half_a_character_does_not_stop_the_line() -> None:
    (line,) = evaluated(['{"id": "\\ud83d"}'])

    assert line.encode("utf-8")
    assert json.loads(line)["id"] == "\ud83d"


def test_a_calendar_is_worked_out_once_for_all_its_cases() -> None:
    calendars: dict[str, Calendar] = {}
    case = {"kind": "elapsed", "tz": "UTC", "hours": OFFICE, "start": moment(0), "end": moment(1)}

    for holidays in ([], [], ["2026-03-02"], []):
        evaluate({**case, "holidays": holidays}, calendars)

    assert len(calendars) == 2
    assert evaluate({**case, "holidays": ["2026-03-02"]}, calendars)["elapsed_s"] == 0


# The same functions that the desk uses.


_KINDS = {
    "agent_reply": MarkKind.REPLY,
    "first_response": MarkKind.RESPOND,
    "customer_message": MarkKind.CUSTOMER,
    "pause": MarkKind.PAUSE,
    "resume": MarkKind.RESUME,
    "resolve": MarkKind.RESOLVE,
    "reopen": MarkKind.REOPEN,
    "cancel": MarkKind.CANCEL,
}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 300), st.sampled_from(sorted(_KINDS))), max_size=8))
def test_an_answer_is_what_the_desk_would_say(steps: list[tuple[int, str]]) -> None:
    calendar = Calendar("office", "UTC", parse_hours(OFFICE))
    terms = Terms({clock: Target(timedelta(seconds=SLA[f"{name}_s"]), calendar) for name, clock in CLOCKS.items()})
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    marks, events = [Mark(now, MarkKind.CREATE)], [event(0, "create")]
    for minutes, what in steps:
        now += timedelta(minutes=minutes)
        marks.append(Mark(now, _KINDS[what]))
        events.append({"at": now.isoformat(), "type": what})

    told = answer("sequence", sla=SLA, events=events)

    for name, clock in CLOCKS.items():
        promise = current(promises(marks, lambda _: terms, now), clock)
        assert told[f"{name}_state"] == (promise.state if promise else None)
        assert told[f"{name}_consumed_s"] == (promise.used.total_seconds() if promise else None)
        awaited = promise is not None and (promise.done_at is None or clock in (Clock.RESPONSE, Clock.RESOLUTION))
        if promise is not None and promise.due is not None and awaited and promise.state != "stopped":
            assert datetime.fromisoformat(told[f"{name}_due"]) == promise.due
        else:
            assert told[f"{name}_due"] is None
