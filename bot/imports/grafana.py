"""Grafana OnCall: what its public HTTP API answers (grafana.com/docs/oncall/latest/oncall-api-reference) as a draft of
our rules.

A higher level of a schedule goes before a lower one; shifts of one level are on call together. Shifts are recurrences
of RFC 5545: a rotation is one event for each group of users, repeating after as many intervals as there are groups."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import gcd
from zoneinfo import ZoneInfo

from bot.domain.hours import WHOLE_DAY, Week
from bot.domain.turns import Every, Layer
from bot.imports.draft import Draft, DraftEvent, DraftPerson, DraftPolicy
from bot.imports.exports import OF, Pool
from bot.imports.ledger import Item, Ledger
from bot.imports.naming import Ids, Mail, language_of, zone_in
from bot.imports.shaping import AGAIN, Chain, Rotas, Teams, length_in, moment_in, person_of, turn_of
from bot.imports.turning import MOST_UNITS, WEEK, Ranked, Turn, begun, slots, week_of, whole_week

ENDPOINTS = frozenset(
    {
        "users",
        "teams",
        "schedules",
        "on_call_shifts",
        "shift_swaps",
        "escalation_chains",
        "escalation_policies",
        "personal_notification_rules",
        "user_groups",
        "integrations",
        "routes",
    }
)

_EVERY = {"hourly": Every.HOUR, "daily": Every.DAY, "weekly": Every.WEEK, "monthly": Every.MONTH}
_UNITS = {Every.HOUR: timedelta(hours=1), Every.DAY: WHOLE_DAY, Every.WEEK: WEEK}
SECOND = timedelta(seconds=1)
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOST_DAYS = 31
_WHOLE_MONTH = 28 * WHOLE_DAY
_REPEATING = ("by_month", "by_monthday")


def drafted(pool: Pool, ledger: Ledger, now: datetime) -> Draft:
    """Everything of the export that our rules can say."""
    return _Grafana(pool, ledger, now).draft()


class _Grafana:
    def __init__(self, pool: Pool, ledger: Ledger, now: datetime) -> None:
        self._pool = pool
        self._ledger = ledger
        self._now = now
        self._people: dict[str, DraftPerson] = {}
        self._ids = Ids("person")
        self._mail = Mail()
        self._policy_ids = Ids("policy")
        self._rotas = Rotas(ledger, now)
        self._teams = Teams(ledger)

    def draft(self) -> Draft:
        for item in self._pool.items("users"):
            self._person(item)
        for item in self._pool.items("teams"):
            self._team(item)
        shifts = {item.text("id"): item for item in self._pool.items("on_call_shifts")}
        for item in self._pool.items("schedules"):
            self._schedule(item, shifts)
        for item in shifts.values():
            item.note("no schedule of the export uses this shift", "nothing")
        policies = [one for item in self._pool.items("escalation_chains") for one in self._policy(item)]
        self._tell_of_strays()
        for endpoint, told, todo in _NOT_CARRIED:
            for item in self._pool.items(endpoint):
                item.note(told, todo)
        teams = self._teams.drafted(self._people, self._rotas, policies)
        return Draft("Grafana OnCall", tuple(self._people.values()), teams, self._rotas.all(), tuple(policies))

    def _tell_of_strays(self) -> None:
        """What belongs to something that the export does not have."""
        known = {
            "escalation_policies": (
                "escalation_chain_id",
                {one.text("id") for one in self._pool.items("escalation_chains")},
            ),
            "personal_notification_rules": ("user_id", set(self._people)),
            "shift_swaps": ("schedule", {one.text("id") for one in self._pool.items("schedules")}),
        }
        for endpoint, (key, owners) in known.items():
            for item in self._pool.items(endpoint):
                if item.text(key) not in owners:
                    item.note(f"its {key} `{item.text(key)}` is not in the export", "export that too and import again")

    # --- people ------------------------------------------------------------------------------------------------------

    def _person(self, item: Item) -> None:
        key, email, name = item.text("id"), item.text("email"), item.text("name") or item.text("username")
        slack = [account.text("user_id") for account in item.items("slack", "Slack account")]
        usual = self._mail.of(item, email)
        identities = tuple(f"slack:{user}" for user in slack if user) or tuple(filter(None, (usual,)))
        addresses = (*(f"slack:dm:{user}" for user in slack if user), *filter(None, (usual,)))
        for team in item.words("teams"):
            self._teams.member(team, key)
        if not addresses:
            item.note("there is no address for this person", "write `addresses:` by hand, or nobody can reach them")
        self._people[key] = DraftPerson(
            id=self._ids.of(name, email.partition("@")[0], key),
            name=name or email or key or "?",
            language=language_of(name),
            zone=zone_in(item, "timezone"),
            email=usual.removeprefix("email:"),
            identities=identities,
            addresses=addresses,
            ways=self._ways(key, slack[0] if slack else "", usual),
            is_admin=item.text("role").lower() == "admin",
        )
        item.unused("telephones are confirmed there and not exported", "is_phone_number_verified")
        item.skip("grafana_id", "avatar_url", "username", "name")
        item.close()
        self._ledger.count("people")

    def _ways(self, user: str, slack: str, email: str) -> dict[str, tuple[tuple[str, timedelta], ...]]:
        """Both lists of rules in order; a wait makes everything after it later."""
        known = {"notify_by_slack": f"slack:dm:{slack}" if slack else "", "notify_by_email": email}
        found: dict[str, list[tuple[str, timedelta]]] = {}
        passed: dict[str, timedelta] = {}
        rules = [one for one in self._pool.items("personal_notification_rules") if one.text("user_id") == user]
        for rule in sorted(rules, key=lambda one: one.number("position")):
            weight, kind = "important" if rule.truth("important") else "default", rule.text("type")
            after = passed.get(weight, timedelta())
            if kind == "wait":
                passed[weight] = after + length_in(rule, "duration", SECOND)
            elif known.get(kind):
                found.setdefault(weight, []).append((known[kind], after))
            else:
                told = f"`{kind}` of {self._shown(user)}: the export does not say where that is"
                rule.note(told, "add the way by hand under `ways:`, for example `sms:+4915112345678`")
            rule.skip("id")
            rule.close()
        return {weight: tuple(ways) for weight, ways in found.items()}

    def _shown(self, user: str) -> str:
        return f"user `{user}`"

    # --- teams -------------------------------------------------------------------------------------------------------

    def _team(self, item: Item) -> None:
        self._teams.add(item.text("id"), item.text("name"))
        item.unused("teams have no mailbox here", "email")
        item.skip("grafana_id", "avatar_url")
        item.close()

    # --- schedules ---------------------------------------------------------------------------------------------------

    def _schedule(self, item: Item, shifts: dict[str, Item]) -> None:
        key, name, zone = item.text("id"), item.text("name"), zone_in(item, "time_zone")
        feed = item.text("ical_url_primary")
        if feed and not feed.startswith("https://"):
            item.note(f"its calendar `{feed}` is not behind https", "name another address under `calendar:`")
            feed = ""
        ranked: list[Ranked] = []
        events: list[DraftEvent] = []
        for one in item.words("shifts"):
            shift = shifts.pop(one, None)
            if shift is None:
                item.note(f"shift `{one}` is not in the export", "export all on_call_shifts and import again")
                continue
            layers, single = self._shift(shift, zone)
            ranked += layers
            events += single
        events += self._swaps(key)
        overrides = item.text("ical_url_overrides")
        if overrides:
            told = f"the calendar of overrides {overrides}: a rota reads one calendar"
            item.note(told, "merge both calendars into one, or ask for covers in chat")
        if feed and events:
            item.note(f"it has exceptions of its own besides its calendar {feed}", "add them to that calendar")
            events = []
        item.unused("rotas tell nobody's Slack group", "slack")
        if item.text("team_id"):
            self._teams.rota(item.text("team_id"), key)
        item.skip("type", "on_call_now", "enable_web_overrides")
        item.close()
        self._rotas.add(item, key, name, ranked, events, feed)

    def _swaps(self, schedule: str) -> Iterator[DraftEvent]:
        """Swaps that somebody took hold only where the other would be on call, which no fixed shift can say."""
        for swap in self._pool.items("shift_swaps", "swap"):
            if swap.text("schedule") != schedule:
                continue
            state, ends = swap.text("status"), moment_in(swap, "swap_end")
            if ends is not None and ends > self._now and state in {"open", "taken"}:
                swap.note(f"a swap ({state}) until {ends:%Y-%m-%d}", "agree on a cover in chat once the desk runs")
        yield from ()

    def _shift(self, item: Item, zone: str) -> tuple[list[Ranked], list[DraftEvent]]:
        kind, level = item.text("type"), item.number("level")
        zone = zone_in(item, "time_zone", zone)
        start, length = moment_in(item, "start", zone), length_in(item, "duration", SECOND)
        groups = self._groups(item, kind)
        item.skip("id", "name", "team_id", "source")
        if start is None or length <= timedelta() or not any(groups):
            item.note("it has no beginning, no length or nobody in it, so it was not carried", "add it by hand")
            return [], []
        if kind in {"single_event", "override"}:
            item.skip("rotation_start", "until")
            item.close()
            if kind == "single_event":
                item.note("a single event goes before all layers here, whatever its level", "nothing")
            return [], [DraftEvent(one, start, start + length) for group in groups for one in group]
        layers = self._layers(item, start, length, groups, zone)
        if layers is None:
            ranked, events = [], self._repeating(item, start, length, groups, kind)
        else:
            kept = [layer for layer in layers if self._still(item, layer)]
            ranked, events = [Ranked(level, self._from(item, layer, zone)) for layer in kept], []
        item.skip("rotation_start")
        item.close()
        return ranked, events

    def _groups(self, item: Item, kind: str) -> list[Turn]:
        if kind != "rolling_users":
            listed = item.words("users") or [user for group in item.several("rolling_users") for user in _words(group)]
            return [turn_of(person_of(item, user, self._people) for user in listed)]
        item.skip("users")
        groups = [_words(group) for group in item.several("rolling_users")]
        first = item.number("start_rotation_from_user_index")
        ordered = [*groups[first:], *groups[:first]]
        return [turn_of(person_of(item, user, self._people) for user in group) for group in ordered]

    def _layers(
        self, item: Item, start: datetime, length: timedelta, groups: Sequence[Turn], zone: str
    ) -> list[Layer] | None:
        """The recurrence as layers; None for one that turns and weekly hours cannot say."""
        every, interval = _EVERY.get(item.text("frequency")), max(item.number("interval", 1), 1)
        days = [_DAYS.index(day) for day in item.words("by_day") if day in _DAYS]
        week_start = _DAYS.index(item.text("week_start")) if item.text("week_start") in _DAYS else 6
        until = moment_in(item, "until", zone)
        if every is None or interval > MOST_UNITS or any(key in item for key in _REPEATING):
            return None
        first = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        base = Layer(item.text("name", "shift"), zone, tuple(groups), first.date(), first.time(), until=until)
        if days and every is not Every.HOUR:
            return self._by_day(base, every, interval, sorted(set(days)), length, week_start)
        if every is Every.MONTH:
            whole = length >= _WHOLE_MONTH * interval
            return [replace(base, every=every, length=interval)] if whole else None
        return _regular(base, every, interval, length)

    def _by_day(
        self, base: Layer, every: Every, interval: int, days: list[int], length: timedelta, week_start: int
    ) -> list[Layer] | None:
        if every is Every.MONTH or length > WHOLE_DAY or interval > _MOST_DAYS:
            return None
        if every is Every.DAY:
            return list(_daily_by_day(base, interval, days, length))
        first = base.begins - timedelta(days=(base.begins.weekday() - week_start) % 7)
        turns, one = slots(base.turns, Every.WEEK, interval, WEEK)
        hours = _hours(days, base, length)
        return [replace(base, begins=first, turns=turns, every=Every.WEEK, length=one, only=hours)]

    def _from(self, item: Item, layer: Layer, zone: str) -> Layer:
        """From the turn on in which the rotation begins to be shown."""
        since = moment_in(item, "rotation_start", zone)
        return layer if since is None else self._rotas.begun(item, begun(layer, since), since)

    def _still(self, item: Item, layer: Layer) -> bool:
        if layer.until is None:
            return True
        if layer.until <= self._now:
            item.note(f"it ended {layer.until:%Y-%m-%d} and was left out", "nothing")
        return layer.until > self._now

    def _repeating(
        self, item: Item, start: datetime, length: timedelta, groups: Sequence[Turn], kind: str
    ) -> list[DraftEvent]:
        """As events of a calendar, where the recurrence is more than turns and weekly hours."""
        if kind == "rolling_users" and len(groups) > 1:
            told = "people take turns in a way that our layers cannot say (days of a month, some months, odd lengths)"
            item.note(told, "write it into rotas.yaml with turns of hours, days, weeks or months")
            return []
        rule = _rule(item)
        if not rule:
            item.note("its recurrence cannot be read, so it was not carried", "add it by hand")
            return []
        told = "it repeats in a way that our layers cannot say, so it stands in the rota's calendar, before all layers"
        item.note(told, "nothing, unless a higher level should go before it")
        return [DraftEvent(one, start, start + length, rule) for group in groups for one in group]

    # --- escalation --------------------------------------------------------------------------------------------------

    def _policy(self, item: Item) -> Iterator[DraftPolicy]:
        key, name, team = item.text("id"), item.text("name"), item.text("team_id")
        item.close()
        chain = Chain()
        steps = [one for one in self._pool.items("escalation_policies") if one.text("escalation_chain_id") == key]
        over = False
        for step in sorted(steps, key=lambda one: one.number("position")):
            step.where = f"{item.where} / step {step.number('position')}"
            if over:
                step.note(f"`{step.text('type')}` stands behind `resolve`, where the chain ends", "nothing")
            else:
                over = self._step(step, chain)
        if not chain.steps:
            item.note("no step of it calls anybody, so it was not carried", "write it by hand")
            return
        item.note("there it ends after its last step; here the last level calls until somebody acknowledges", "nothing")
        policy = DraftPolicy(self._policy_ids.of(name, key), name, chain.steps, chain.left or AGAIN)
        if team:
            self._teams.policy(team, policy.id)
        self._ledger.count("policies")
        yield policy

    def _step(self, step: Item, chain: Chain) -> bool:
        """The step is in the chain, or told of; True when nothing after it is ever reached."""
        kind = step.text("type")
        match kind:
            case "wait":
                chain.wait(length_in(step, "duration", SECOND))
            case "notify_persons" | "notify_one_person":
                chain.call(self._persons(step, "persons_to_notify"))
            case "notify_person_next_each_time":
                chain.call(self._persons(step, "persons_to_notify_next_each_time"))
                step.note("it takes them by turns; here all of them are called", "make a rota of them and call that")
            case "notify_on_call_from_schedule":
                chain.call(self._rotas.calls(step, step.text("notify_on_call_from_schedule")))
            case "notify_team_members":
                chain.call(f"person {one}" for one in self._teams.members(step.text("team_to_notify"), self._people))
            case "notify_whole_channel":
                chain.call(("channel",))
            case _:
                told, todo = _STEPS.get(kind, ("this step is unknown here", "write it by hand"))
                step.note(f"`{kind}`{step.said(*_OF_STEPS)}: {told}", todo)
        if step.truth("important"):
            step.note("it is marked important; here that follows from the ticket's priority (P1 and P2)", "nothing")
        step.skip("id", "escalation_chain_id", "position", OF)
        step.close()
        return kind == "resolve"

    def _persons(self, step: Item, key: str) -> list[str]:
        found = (person_of(step, user, self._people) for user in step.words(key))
        return [f"person {one}" for one in found if one is not None]


_NOT_CARRIED = (
    ("user_groups", "Slack's user groups are not carried", "name their members where they were called"),
    ("integrations", "integrations are not carried", "send the alerts to the desk's own addresses"),
    ("routes", "routes are not carried", "services.yaml says which team answers for what"),
)
_STEPS = {
    "notify_user_group": ("the export does not have the members of a Slack group", "name them, or a rota"),
    "trigger_webhook": ("policies call people only", "nothing, or add a gateway address to somebody's `ways:`"),
    "resolve": ("no ticket is resolved because nobody came", "nothing; the last level goes on calling"),
    "notify_if_time_from_to": (
        "there it waits for those hours (UTC); here the chain goes on at any time",
        "write `only:` with hours at the levels that should wait, and a calendar",
    ),
    "notify_if_num_alerts_in_window": ("alike tickets are gathered by the desk itself", "nothing"),
    "repeat_escalation": ("here the last level repeats by itself", "nothing"),
    "declare_incident": ("a ticket of the desk is the incident already", "nothing"),
}
_OF_STEPS = (
    "group_to_notify",
    "action_to_trigger",
    "notify_if_time_from",
    "notify_if_time_to",
    "num_alerts_in_window",
    "num_minutes_in_window",
    "run_from_stage",
    "severity",
)


def _regular(base: Layer, every: Every, interval: int, length: timedelta) -> list[Layer] | None:
    """Without days: as long as the interval, so many whole units of it, or some hours of one day or week."""
    unit = _UNITS[every]
    turns, one = slots(base.turns, every, interval, length)
    if length >= unit and length % unit == timedelta():
        return [replace(base, turns=turns, every=every, length=one)]
    if length < unit and every is not Every.HOUR:
        days = range(7) if every is Every.DAY else [base.begins.weekday()]
        return [replace(base, turns=turns, every=every, length=one, only=_hours(days, base, length))]
    return None


def _daily_by_day(base: Layer, interval: int, days: list[int], length: timedelta) -> Iterator[Layer]:
    """The turn goes on from one chosen day to the next, over weekends: for each of the days a layer of weekly turns,
    which repeats after as many weeks as the pattern does."""
    cycle = len(base.turns) * interval
    weeks = cycle // gcd(cycle, len(days))
    dates = [base.begins + timedelta(days=later) for later in range(7)]
    for place, day in enumerate(one for one in dates if one.weekday() in days):
        turns = tuple(base.turns[(place + week * len(days)) // interval % len(base.turns)] for week in range(weeks))
        hours = _hours([day.weekday()], base, length)
        yield replace(base, turns=turns, begins=day, every=Every.WEEK, length=1, only=hours)


def _hours(days: Sequence[int], base: Layer, length: timedelta) -> Week | None:
    opens = timedelta(hours=base.handover.hour, minutes=base.handover.minute, seconds=base.handover.second)
    week = week_of((day, opens, length) for day in days)
    return None if whole_week(week) else week


def _rule(item: Item) -> str:
    """The recurrence in the words of RFC 5545; empty when it has others."""
    if item.text("frequency") not in _EVERY:
        return ""
    parts = [f"FREQ={item.text('frequency').upper()}", f"INTERVAL={max(item.number('interval', 1), 1)}"]
    for key, (name, form) in _BY.items():
        words = item.words(key)
        if any(form.fullmatch(word) is None for word in words):
            return ""
        if words:
            parts.append(f"{name}={','.join(words)}")
    if item.text("week_start") in _DAYS:
        parts.append(f"WKST={item.text('week_start')}")
    until = moment_in(item, "until", item.text("time_zone", "UTC"))
    if until is not None:
        parts.append(f"UNTIL={until.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    return ";".join(parts)


_BY = {
    "by_day": ("BYDAY", re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")),
    "by_month": ("BYMONTH", re.compile(r"[1-9]|1[0-2]")),
    "by_monthday": ("BYMONTHDAY", re.compile(r"-?([1-9]|[12]\d|3[01])")),
}


def _words(group: object) -> list[str]:
    return [str(one) for one in group] if isinstance(group, list) else []
