"""`deskbell why`, `simulate` and `check` as they are typed, and what they say to questions that make no sense."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.domain.commands import Command, Raise, Resolve, Say, Start, WaitForRequester
from bot.domain.ids import Level, PersonId, ServiceId, TicketId
from bot.domain.lifecycle import decide
from bot.domain.passing import ahead
from bot.domain.rules import Rules
from bot.domain.sla_eval import evaluated
from bot.domain.ticket import Ticket
from bot.house_rules import load
from bot.services.ports import Change, Dues
from bot.time_office import Asked, play
from handlers.cards.view import View
from handlers.cards.why import why_lines
from handlers.reader import Reader
from handlers.speech import load_texts
from storage.engine import open_store
from tests.roof.small_policy import write_policy

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine o'clock in Shanghai."""

LIN_XIA, ZHAO_LEI, INC_1 = PersonId("lin-xia"), PersonId("zhao-lei"), TicketId(1)


def deskbell(*words: str, folder: Path, code: int = 0) -> str:
    """What the real command prints; its complaint when it is to fail."""
    told = subprocess.run(
        [sys.executable, "-m", "bot", *words],
        env={**os.environ, "DESKBELL_DATABASE": str(folder / "desk.db"), "PYTHONPATH": str(Path.cwd())},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == code, told.stderr + told.stdout
    return told.stderr if code else told.stdout


def lived(rules: Rules) -> Ticket:
    """A P3 that was asked about for three hours, and done after lunch."""
    raising = Raise(
        by=LIN_XIA,
        ticket=INC_1,
        words="打印机卡纸",
        language="zh",
        kind="incident",
        service=ServiceId("printer"),
        impact=Level.MEDIUM,
        urgency=Level.MEDIUM,
        origin="local:dm:lin-xia",
    )
    steps: list[tuple[float, Command]] = [
        (0, raising),
        (1, Start(by=ZHAO_LEI, ticket=INC_1)),
        (2.5, WaitForRequester(by=ZHAO_LEI, ticket=INC_1, why="哪一台？")),
        (5.5, Say(by=LIN_XIA, ticket=INC_1, words="三楼")),
        (6, Resolve(by=ZHAO_LEI, ticket=INC_1, solution="取出了纸")),
    ]
    ticket: Ticket | None = None
    for hours, command in steps:
        ticket = decide(ticket, command, rules, MONDAY + timedelta(hours=hours)).ticket
    assert ticket is not None
    return ticket


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that holds one ticket."""
    path = tmp_path_factory.mktemp("desk")
    rules = load(None, now=MONDAY)
    ticket = replace(lived(rules), entries=0)

    async def make() -> None:
        store = await open_store(str(path / "desk.db"), now=MONDAY)
        async with store.transaction() as unit:
            wake_at = ahead(ticket, rules, MONDAY).wake_at
            await unit.save([Change(ticket, is_new=True, events=(), wake_at=wake_at, dues=Dues())])
        await store.close()

    asyncio.run(make())
    return path


def test_why_prints_the_sum_in_the_zone_of_the_calendar_and_the_language_that_was_asked_for(folder: Path) -> None:
    told = deskbell("why", "INC-1", "--lang", "zh", folder=folder).splitlines()

    assert told[0] == "INC-1 的时限是这样算的"
    start = told.index("■ 解决：2 个工作日，到最后一天下班为止")
    assert told[start + 1 :][:11] == [
        "依据：协议 standard 对故障 P3 的承诺",
        "日历 office-shanghai：Asia/Shanghai 的工作时间，以下都是该时区的时间",
        "依次数到的工作日：2026-03-03（周二）、2026-03-04（周三），从开始到 2026-03-04（周三）18:00（UTC+8）"
        "共有工作时间 22 小时 30 分（81000 秒）",
        "1. 2026-03-02（周一）09:00（UTC+8）至 2026-03-02（周一）11:30（UTC+8）计时：报单",
        "· 2026-03-02（周一）平日 09:00-12:00：09:00–11:30 = 2 小时 30 分（9000 秒），累计 2 小时 30 分（9000 秒）",
        "2. 2026-03-02（周一）11:30（UTC+8）至 2026-03-02（周一）14:30（UTC+8）暂停：等用户回复，不计入",
        "3. 2026-03-02（周一）14:30（UTC+8）至 2026-03-02（周一）15:00（UTC+8）计时：用户已回复",
        "· 2026-03-02（周一）平日 13:30-18:00：14:30–15:00 = 30 分（1800 秒），累计 3 小时（10800 秒）",
        "已用：3 小时（10800 秒）",
        "2026-03-02（周一）15:00（UTC+8）完成，按时。",
        "从那时到原定期限还有：",
    ]
    assert (
        "暂停占用的工作时间是 1 小时 30 分（5400 秒）："
        "2026-03-04（周三）18:00（UTC+8）顺延到 2026-03-05（周四）10:30（UTC+8）" in told
    )


def test_why_as_json_adds_up(folder: Path) -> None:
    told = json.loads(deskbell("why", "1", "--json", folder=folder))

    [resolution] = [one for one in told["promises"] if one["clock"] == "resolution"]
    rows = [row for interval in resolution["intervals"] for row in interval["rows"]]
    assert [interval["cause"] for interval in resolution["intervals"]] == ["create", "waiting_requester", "answered"]
    assert sum(seconds(row["opens"], row["closes"]) for row in rows) == resolution["used_s"] == 10800
    ahead_s = sum(seconds(row["opens"], row["closes"]) for row in resolution["ahead"])
    assert ahead_s + resolution["used_s"] == resolution["budget_s"]
    assert resolution["due"] == resolution["ahead"][-1]["closes"] == "2026-03-05T02:30:00Z"
    assert (resolution["due_before_pauses"], resolution["state"]) == ("2026-03-04T10:00:00Z", "kept")


def seconds(opens: str, closes: str) -> float:
    return (datetime.fromisoformat(closes) - datetime.fromisoformat(opens)).total_seconds()


def test_why_of_no_ticket_says_where_to_look(folder: Path) -> None:
    assert "There is no ticket INC-7." in deskbell("why", "INC-7", folder=folder, code=1)


def test_simulate_prints_who_is_told_at_which_minute_and_writes_nothing(folder: Path) -> None:
    before = (folder / "desk.db").read_bytes()

    told = deskbell(
        *("simulate", "--at", "2026-12-24T17:55", "--kind", "incident", "--impact", "high", "--urgency", "high"),
        *("--service", "vpn"),
        folder=folder,
    )

    assert "  First response: 30 min on 24x7; warns Thu 24 Dec 18:19 (UTC), due Thu 24 Dec 18:25 (UTC)" in told
    assert (
        "     +0:15  Thu 24 Dec 18:10 (UTC)  Nadia Haddad (local:dm:nadia-haddad), "
        "Sofia Keller (local:dm:sofia-keller): "
        "level 3, call 3, because nobody has taken it" in told
    )
    assert "Seen until Thu 24 Dec 21:55 (UTC)." in told
    assert (folder / "desk.db").read_bytes() == before


def test_check_exits_with_one_and_names_the_line(tmp_path: Path) -> None:
    folder = write_policy(
        tmp_path / "rules", ("calendars.yaml", "[09:00-12:00, 13:00-17:00]", "[09:00-14:00, 13:00-17:00]")
    )

    told = subprocess.run(
        [sys.executable, "-m", "bot", "check", str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert told.returncode == 1
    assert f"{folder}/calendars.yaml:7: hours overlap" in told.stdout
    assert told.stdout.splitlines()[-1] == "Mistakes: 1. Warnings: 0."


# Without another process.


@pytest.mark.parametrize("page", ["time.md", "time.zh.md"])
def test_the_examples_in_the_documents_are_what_the_desk_answers(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    cases, life = blocks(text, "jsonl in")
    [answers], [part] = blocks(text, "jsonl out"), blocks(text, "json part")

    told = [json.loads(line) for line in evaluated(life)]

    assert [json.loads(line) for line in evaluated(cases)] == [json.loads(line) for line in answers]
    assert json.loads(part[0]).items() <= told[0].items()


@pytest.mark.parametrize(("page", "language"), [("time.md", "en"), ("time.zh.md", "zh")])
def test_the_sum_in_the_documents_is_the_one_that_is_printed(page: str, language: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    rules = load(None, now=MONDAY)
    reader = Reader(load_texts().of(language), ZoneInfo("Asia/Shanghai"), person=LIN_XIA)
    view = View(lived(rules), rules, reader, MONDAY + timedelta(hours=7), lambda _: None)

    [written] = [block for block in blocks(text, "") if block[0].startswith("■")]

    assert "\n".join(written) in "\n".join(why_lines(view))


def blocks(text: str, kind: str) -> list[list[str]]:
    """The lines of every fenced block of that kind."""
    parts = text.split("```")[1::2]
    return [part.split("\n")[1:-1] for part in parts if part.split("\n")[0] == kind]


def asked(**changed: Any) -> Asked:
    usual = Asked(at="2026-12-24T17:55", kind="incident", impact="low", urgency="low", service="vpn")
    return replace(usual, **changed)


def test_a_simulation_passes_over_holidays_and_says_which() -> None:
    played = play(asked(zone="Europe/Berlin"))

    assert any(
        line.startswith("  First response: 1 working day on office-london; warns Tue 29 Dec 16:41 (UTC+1), due")
        and "passes over Fri 2026-12-25 (closed 2026-12-25), Mon 2026-12-28 (closed 2026-12-28)" in line
        for line in played.lines
    )
    [response] = [one for one in played.fields["promises"] if one["clock"] == "response"]
    assert (response["due"], response["working_days"]) == ("2026-12-29T17:30:00Z", 1)
    assert [one["day"] for one in response["holidays"]] == ["2026-12-25", "2026-12-28"]


def test_what_is_said_outside_hours_is_marked_as_held() -> None:
    told = play(asked()).fields["told"]

    [channel] = [
        one for one in told if (one["about"], one["clock"], one["to"]) == ("breach", "response", "team:network")
    ]
    assert (channel["at"], channel["held"]) == ("2026-12-30T09:00:00Z", True)
    assert channel["minute"] == 135 * 60 + 5
    assert [one["minute"] for one in told[:2]] == [0, 0]


def test_a_time_without_offset_is_that_of_the_zone_and_one_with_offset_is_itself() -> None:
    here = play(asked(zone="Asia/Shanghai"))
    there = play(asked(at="2026-12-24T17:55+01:00", zone="Asia/Shanghai"))

    assert here.fields["at"] == "2026-12-24T09:55:00Z"
    assert there.fields["at"] == "2026-12-24T16:55:00Z"
    assert here.lines[1].startswith("Raised Thu 24 Dec 17:55 (UTC+8).")


def test_a_pause_is_played_through_and_moves_the_deadline() -> None:
    played = play(
        asked(
            service="other",
            impact="medium",
            urgency="medium",
            pause_from="2026-12-25T09:30",
            pause_to="2026-12-28T09:45",
        )
    )

    assert "    with the pause: due Wed 30 Dec 09:15 (UTC+8)" in played.lines
    assert any("the requester: a question" in line for line in played.lines)


def test_a_year_without_holidays_makes_it_provisional() -> None:
    lines = play(asked(at="2026-12-31T17:00", service="other", kind="request")).lines

    assert any(line.endswith("provisional: the holidays of 2027 are not published yet") for line in lines)


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"at": "tomorrow"}, "--at is `tomorrow`. Write it like 2026-12-24T17:55"),
        ({"at": "0001-01-01T00:00", "zone": "Asia/Shanghai"}, "--at is `0001-01-01T00:00`."),
        ({"kind": "problem"}, "There is no kind `problem`. Use one of: incident, request."),
        ({"impact": "huge"}, "--impact is `huge`. Use one of: high, medium, low."),
        ({"urgency": ""}, "--urgency is ``."),
        ({"service": "toaster"}, "There is no service `toaster`. Use one of: accounts,"),
        ({"zone": "Europe/Berln"}, "There is no time zone `Europe/Berln`."),
        ({"pause_from": "2026-12-25T09:30"}, "A pause needs both --pause-from and --pause-to."),
        ({"pause_from": "2026-12-23T09:30", "pause_to": "2026-12-25T09:30"}, "A pause begins after the ticket"),
        ({"rules": Path("/nowhere")}, "there is no such folder"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_with_what_to_write(
    changed: dict[str, Any], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        play(asked(**changed))

    assert stopped.value.code == 1
    assert complaint in capsys.readouterr().err
