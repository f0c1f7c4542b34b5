"""`deskbell simulate` shows the whole chain: who is called when and by which way, what is passed over, what is left."""

from __future__ import annotations

from pathlib import Path

from bot.time_office import Asked, Played, play
from tests.roof.small_policy import Change, with_files, write_policy

CY = """\
cy:
  name: Cy
  language: en
  zone: Europe/London
  identities: local:cy
  addresses: [local:dm:cy, 'sms:+441']
"""
WITH_CY = ("people.yaml", "bo:\n", f"{CY}bo:\n")
RESORT = ("escalation.yaml", "last_resort: lead", "last_resort: person cy")
STEPS = "    - call: on_call 1\n    - after: 10 min\n      call: lead\n"


def played(folder: Path, *changes: Change, hours: float = 1, language: str = "en", service: str = "email") -> Played:
    """A P1 of Monday morning, nobody acts; with these changes of the small policy."""
    rules = write_policy(folder / "rules", WITH_CY, RESORT, *changes)
    at = "2026-11-23T10:00"
    asked = Asked(at, "incident", "high", "high", service=service, rules=rules, hours=hours, language=language)
    return play(asked)


def chain(told: Played) -> list[str]:
    """The lines of calls and of levels, with the minutes since it was raised."""
    lines = [line.strip().replace("  Mon 23 Nov ", " ") for line in told.lines]
    return [
        line.replace(" (UTC)", "") for line in lines if line.startswith("+") and ("level" in line or "resort" in line)
    ]


def test_a_call_goes_by_every_way_of_a_person_in_its_time(tmp_path: Path) -> None:
    ways = "  ways: {important: [local:dm:bo, {to: 'sms:+86', after: 2 min}, {to: 'voice:+86', after: 90 s}]}\n"
    in_order = ways.replace("90 s", "5 min")
    bo = ("people.yaml", "  addresses: local:dm:bo\n", f"  addresses: local:dm:bo\n{in_order}")

    told = played(tmp_path, bo, hours=0.3)

    assert chain(told) == [
        "+0:00 10:00  Ann (local:dm:ann): level 1, call 1, because nobody has taken it",
        "+0:10 10:10  博 (local:dm:bo): level 2, call 2, because nobody has taken it",
        "+0:12 10:12  博 (sms:+86): level 2, the next way, because nobody has taken it",
        "+0:15 10:15  博 (voice:+86): level 2, the next way, because nobody has taken it",
    ]
    calls = [one for one in told.fields["told"] if one["about"] == "page" and one["level"] == 2]
    assert [(one["minute"], one["way"], one["address"], one["held"]) for one in calls] == [
        (10, 0, "local:dm:bo", False),
        (12, 1, "sms:+86", False),
        (15, 2, "voice:+86", False),
    ]


def test_a_level_that_is_meant_for_something_else_is_passed_over_and_says_for_what(tmp_path: Path) -> None:
    steps = (
        "    - call: on_call 1\n"
        "      only: {priorities: [P3, P4]}\n"
        "    - after: 3 min\n      call: person cy\n      only: {services: other, outside: office}\n"
        "    - after: 10 min\n      call: lead\n"
    )

    told = played(tmp_path, ("escalation.yaml", STEPS, steps), hours=0.2)

    assert chain(told) == [
        "+0:00 10:00  level 1 is passed over: it is only for P3, P4",
        "+0:00 10:00  level 2 is passed over: it is only for Other, while office is closed",
        "+0:00 10:00  博 (local:dm:bo): level 3, call 1, because nobody has taken it",
        "+0:10 10:10  博 (local:dm:bo): level 3, call 2, because nobody has taken it",
    ]
    assert [one["level"] for one in told.fields["passed"]] == [1, 2]


def test_an_empty_level_gives_way_at_once(tmp_path: Path) -> None:
    told = played(tmp_path, ("escalation.yaml", "call: on_call 1", "call: manager"), hours=0.1)

    assert chain(told) == [
        "+0:00 10:00  the channel of Desk: level 1 is empty, so the next one is called at once",
        "+0:00 10:00  博 (local:dm:bo): level 2, call 1, because nobody has taken it",
    ]


def test_where_every_level_is_empty_the_last_resort_is_called_by_all_ways(tmp_path: Path) -> None:
    told = played(tmp_path, ("escalation.yaml", STEPS, "    - call: manager\n"), hours=0.1)

    assert chain(told) == [
        "+0:00 10:00  the channel of Desk: level 1 is empty, so the next one is called at once",
        "+0:00 10:00  Cy (local:dm:cy): the last resort, call 1, because nobody else is left",
        "+0:02 10:02  Cy (sms:+441): level 1, the next way, because nobody has taken it",
    ]


def test_it_is_said_what_happens_when_calls_do_not_get_through(tmp_path: Path) -> None:
    lines = list(played(tmp_path, ("desk.yaml", "settle: 30 s", "unsent_after: {P1: 2 min}")).lines)

    start = lines.index("If a call does not get through:")
    assert lines[start + 1 : start + 4] == [
        "  not sent after 2 min, it goes by the next way of that person at once",
        "  without another way, the next level is called at once",
        "  after the last level: Cy (local:dm:cy, then sms:+441)",
    ]


def test_a_private_ticket_calls_only_its_circle(tmp_path: Path) -> None:
    private = ("services.yaml", "aliases: [mail]", "private: circle")
    rules = with_files(
        write_policy(tmp_path / "rules", WITH_CY, RESORT, private),
        {"groups.yaml": "circle:\n  names: {en: Circle}\n  members: bo\n"},
    )

    told = play(Asked("2026-11-23T10:00", "incident", "high", "high", service="email", rules=rules, hours=0.1))

    assert "+0:00 10:00  博 (local:dm:bo): level 2, call 1, because nobody has taken it" in chain(told)
    assert not any("Ann" in line for line in told.lines)
    assert "  after the last level: Cy (local:dm:cy, then sms:+441), 博 (local:dm:bo)" in told.lines


def test_a_broken_promise_calls_besides_and_hands_over_when_the_policy_says_so(tmp_path: Path) -> None:
    reactions = (
        "last_resort: person cy\n  reactions:\n    - {when: response is at risk, call: person cy}\n"
        "    - {when: response is broken, hand_to: night}"
    )
    night = "night:\n  names: {en: Night}\n  language: en\n  zone: UTC\n  calendar: 24x7\n  lead: bo\n  members: bo\n"
    team = ("teams.yaml", "desk:\n", f"{night}  channel: local:channel:night\ndesk:\n")

    told = played(tmp_path, team, ("escalation.yaml", "last_resort: person cy", reactions))

    lines = [line.partition("(UTC)  ")[2] for line in told.lines]
    assert "Cy (local:dm:cy): called besides, because first response is at risk" in lines
    assert "the channel of Night: the ticket, because it was handed to Night" in lines


def test_calls_after_the_third_repetition_are_only_counted_whatever_level_they_are(tmp_path: Path) -> None:
    steps = f"{STEPS}    - after: 5 min\n      call: person cy\n      only: {{outside: office}}\n"

    told = play(
        Asked(
            "2026-11-23T10:00",
            "incident",
            "high",
            "high",
            service="email",
            rules=write_policy(tmp_path / "rules", WITH_CY, RESORT, ("escalation.yaml", STEPS, steps)),
        )
    )

    calls = [line for line in chain(told) if "call " in line]
    assert [line.partition(": ")[2][:7] for line in calls] == ["level 1", *["level 2"] * 4]
    assert not told.fields["cut_short"]


def test_in_chinese_every_word_is_chinese(tmp_path: Path) -> None:
    lines = list(played(tmp_path, language="zh", hours=0.3).lines)

    assert lines[0] == "故障 P1（影响高 × 紧急高），服务：Email，团队：服务台"
    second = "  博（local:dm:bo）：第 2 级，第 2 次呼叫，因为还没有人受理"
    assert f"     +0:10  2026-11-23（周一）10:10（UTC）{second}" in lines
    assert lines[-1].startswith("推演到 ")
