"""Calendars of other programs: what stands in them is who is on call, on the right side of every clock change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from bot.domain.ids import PersonId
from bot.domain.oncall import Fixed, Shift
from bot.domain.rules import Person
from bot.services.ical import NotACalendar, Read, by_address_or_name, read_calendar, written_calendar

ANN, BO = PersonId("ann"), PersonId("bo")
PEOPLE = {
    ANN: Person(ANN, "Ann Lee", "en", "Europe/London", email="Ann@example.com"),
    BO: Person(BO, "博", "zh", "Asia/Shanghai"),
}
SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)

BERLIN = """\
BEGIN:VTIMEZONE
TZID:{tzid}
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def calendar(*events: str, head: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\nUID:e{n}\n{event}\nEND:VEVENT\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n")


def read(text: str | bytes) -> Read:
    return read_calendar(text, SINCE, UNTIL, by_address_or_name(PEOPLE))


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_a_weekly_shift_keeps_its_local_hours_over_the_clock_change() -> None:
    text = calendar(
        "SUMMARY:Ann Lee\nDTSTART;TZID=Europe/Berlin:20260320T180000\nDTEND;TZID=Europe/Berlin:20260321T080000\n"
        "RRULE:FREQ=WEEKLY;COUNT=3"
    )

    shifts = read(text).shifts

    assert [one.starts for one in shifts] == [utc(2026, 3, 20, 17), utc(2026, 3, 27, 17), utc(2026, 4, 3, 16)]
    assert [one.ends for one in shifts] == [utc(2026, 3, 21, 7), utc(2026, 3, 28, 7), utc(2026, 4, 4, 6)]


def test_a_night_over_the_clock_change_ends_when_its_own_clock_says() -> None:
    text = calendar("SUMMARY:ann\nDTSTART;TZID=Europe/Berlin:20260328T200000\nDTEND;TZID=Europe/Berlin:20260329T080000")

    assert read(text).shifts == (Fixed(ANN, utc(2026, 3, 28, 19), utc(2026, 3, 29, 6)),)


def test_a_zone_that_only_the_file_describes_is_read_from_the_file() -> None:
    text = calendar(
        "SUMMARY:ann\nDTSTART;TZID=Our Office:20260330T090000\nDTEND;TZID=Our Office:20260330T170000",
        head=BERLIN.format(tzid="Our Office"),
    )

    assert read(text).shifts == (Fixed(ANN, utc(2026, 3, 30, 7), utc(2026, 3, 30, 15)),)


def test_whole_days_are_days_of_the_calendars_own_zone() -> None:
    text = calendar(
        "SUMMARY:博\nDTSTART;VALUE=DATE:20260307\nDTEND;VALUE=DATE:20260309",
        "SUMMARY:Ann Lee\nDTSTART;VALUE=DATE:20260309",
        head="X-WR-TIMEZONE:America/New_York\n",
    )

    # the clocks of New York go forward on 8 March
    assert read(text).shifts == (
        Fixed(BO, utc(2026, 3, 7, 5), utc(2026, 3, 9, 4)),
        Fixed(ANN, utc(2026, 3, 9, 4), utc(2026, 3, 10, 4)),
    )


def test_times_without_a_zone_are_on_the_calendars_clock() -> None:
    text = calendar("SUMMARY:ann\nDTSTART:20260302T090000\nDURATION:PT8H", head="X-WR-TIMEZONE:Asia/Shanghai\n")

    assert read(text).shifts == (Fixed(ANN, utc(2026, 3, 2, 1), utc(2026, 3, 2, 9)),)


def test_exceptions_replace_and_cancel_single_occurrences() -> None:
    series = "SUMMARY:ann\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z\nRRULE:FREQ=DAILY;COUNT=4\n"
    text = calendar(f"{series}EXDATE:20260303T090000Z").replace(
        "END:VCALENDAR",
        "BEGIN:VEVENT\r\nUID:e0\r\nRECURRENCE-ID:20260304T090000Z\r\nSUMMARY:博\r\nDTSTART:20260304T100000Z\r\n"
        "DTEND:20260304T170000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:e0\r\nRECURRENCE-ID:20260305T090000Z\r\n"
        "STATUS:CANCELLED\r\nSUMMARY:ann\r\nDTSTART:20260305T090000Z\r\nDTEND:20260305T170000Z\r\nEND:VEVENT\r\n"
        "END:VCALENDAR",
    )

    assert read(text).shifts == (
        Fixed(ANN, utc(2026, 3, 2, 9), utc(2026, 3, 2, 17)),
        Fixed(BO, utc(2026, 3, 4, 10), utc(2026, 3, 4, 17)),
    )


def test_a_cancelled_event_is_no_shift_and_nothing_to_tell() -> None:
    text = calendar("SUMMARY:ann\nSTATUS:CANCELLED\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z")

    assert read(text) == Read()


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("ATTENDEE;CN=Whoever:mailto:ann@EXAMPLE.com\nSUMMARY:博", ANN),
        ("ATTENDEE:MAILTO:nobody@example.com\nSUMMARY:bo", BO),
        ("ATTENDEE;PARTSTAT=DECLINED:mailto:ann@example.com\nSUMMARY:博", BO),
        ("SUMMARY:On Call - Ann Lee - Primary", ANN),
        ("SUMMARY:[L1] ann", ANN),
        ("SUMMARY:ann@example.com (Nights)", ANN),
        ("SUMMARY:ANN LEE", ANN),
    ],
)
def test_people_are_found_by_address_first_and_then_by_title(said: str, who: PersonId) -> None:
    found = read(calendar(f"{said}\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z"))

    assert [one.person for one in found.shifts] == [who]


def test_several_attendees_are_on_call_together() -> None:
    people = PEOPLE | {BO: Person(BO, "博", "zh", "Asia/Shanghai", email="bo@example.com")}
    text = calendar(
        "SUMMARY:x\nATTENDEE:mailto:bo@example.com\nATTENDEE:mailto:ann@example.com\n"
        "DTSTART:20260302T090000Z\nDTEND:20260302T170000Z"
    )

    shifts = read_calendar(text, SINCE, UNTIL, by_address_or_name(people)).shifts

    assert [one.person for one in shifts] == [ANN, BO]


def test_what_names_nobody_is_told_once_for_its_series() -> None:
    found = read(calendar("SUMMARY:Annual party\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z\nRRULE:FREQ=DAILY"))

    assert found.shifts == ()
    assert [str(one) for one in found.left_out] == [
        "`Annual party` on 2026-03-02 09:00 UTC: nobody of the rules is named in it"
    ]


def test_a_name_of_two_people_names_nobody() -> None:
    people = {one: Person(PersonId(one), "Kim", "en", "UTC") for one in (PersonId("kim1"), PersonId("kim2"))}
    text = calendar("SUMMARY:Kim\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z")

    found = read_calendar(text, SINCE, UNTIL, by_address_or_name(people))

    assert found.shifts == ()
    assert len(found.left_out) == 1


@pytest.mark.parametrize(
    "event",
    [
        "SUMMARY:ann\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z\nRRULE:FREQ=SECONDLY",
        "SUMMARY:ann\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z\nRRULE:FREQ=HOURLY;BYMINUTE=1,2,3",
        "SUMMARY:ann\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z\nRRULE:FREQ=DAILY;UNTIL=nonsense",
        "SUMMARY:ann\nDTSTART:20260302T090000Z\nDTEND:20260302T090000Z",
        "SUMMARY:ann\nDTEND:20260302T170000Z",
    ],
)
def test_one_event_that_cannot_be_used_spares_its_neighbours_and_is_told(event: str) -> None:
    good = "SUMMARY:博\nDTSTART:20260302T090000Z\nDTEND:20260302T170000Z"

    found = read(calendar(event, good))

    assert BO in {one.person for one in found.shifts}
    assert len(found.left_out) == 1


def test_only_what_touches_the_time_that_is_looked_at_is_read() -> None:
    text = calendar(
        "SUMMARY:ann\nDTSTART:20260228T200000Z\nDTEND:20260301T080000Z",
        "SUMMARY:ann\nDTSTART:20260201T200000Z\nDTEND:20260202T080000Z",
        "SUMMARY:ann\nDTSTART:20260601T200000Z\nDTEND:20260602T080000Z",
    )

    assert [one.starts for one in read(text).shifts] == [utc(2026, 2, 28, 20)]


@pytest.mark.parametrize("text", ["", "<html>Sign in</html>", b"\xff\xfe\x00", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"])
def test_what_is_no_calendar_says_so(text: str | bytes) -> None:
    with pytest.raises(NotACalendar):
        read(text)


def test_what_is_written_is_read_back_the_same_and_with_the_same_names() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = Shift(ANN, datetime(2026, 3, 28, 20, tzinfo=berlin), datetime(2026, 3, 29, 8, tzinfo=berlin))
    rows = [("nights", "Ann Lee", night)]

    first = written_calendar(rows, name="Ann", now=SINCE)
    second = written_calendar(rows, name="Ann", now=SINCE + timedelta(days=3))

    assert read(first).shifts == (Fixed(ANN, utc(2026, 3, 28, 19), utc(2026, 3, 29, 6)),)
    uids = [[str(one["UID"]) for one in Calendar.from_ical(text).walk("VEVENT")] for text in (first, second)]
    assert uids[0] == uids[1] == ["nights.ann.20260328T190000Z@deskbell"]
