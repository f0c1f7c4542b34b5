"""PagerDuty: what its REST API v2 answers (developer.pagerduty.com/api-reference) as a draft of our rules.

The layers of a schedule come with the strongest first. Turns of days and weeks change hands on the schedule's clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.domain.hours import Week
from bot.domain.turns import Layer
from bot.imports.draft import Draft, DraftEvent, DraftPerson, DraftPolicy
from bot.imports.exports import OF, Pool, belongs
from bot.imports.ledger import Item, Ledger
from bot.imports.naming import Ids, Mail, email_address, language_of, phone_address, zone_in
from bot.imports.shaping import AGAIN, Chain, Rotas, Teams, clock_in, length_in, moment_in, person_of, turn_of
from bot.imports.turning import Ranked, begun, unit_of, wall, week_of, whole_week

ENDPOINTS = frozenset(
    {
        "users",
        "contact_methods",
        "notification_rules",
        "teams",
        "members",
        "schedules",
        "overrides",
        "escalation_policies",
        "services",
    }
)

_LINKS = ("id", "type", "summary", "self", "html_url", OF)
_WEIGHT = {"high": "important", "low": "default"}
_ADMINS = {"owner", "admin"}
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
Ways = tuple[tuple[str, timedelta], ...]


def drafted(pool: Pool, ledger: Ledger, now: datetime) -> Draft:
    """Everything of the export that our rules can say."""
    return _PagerDuty(pool, ledger, now).draft()


class _PagerDuty:
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
        for item in self._pool.items("schedules"):
            self._schedule(item)
        policies = [one for item in self._pool.items("escalation_policies") for one in self._policy(item)]
        for item in self._pool.items("services"):
            self._service(item)
        self._tell_of_strays()
        teams = self._teams.drafted(self._people, self._rotas, policies)
        return Draft("PagerDuty", tuple(self._people.values()), teams, self._rotas.all(), tuple(policies))

    # --- people ------------------------------------------------------------------------------------------------------

    def _person(self, item: Item) -> None:
        key, name, email = item.text("id"), item.text("name"), item.text("email")
        methods = self._methods(item, key)
        ways = self._ways(item, key, methods)
        usual = self._mail.of(item, email)
        addresses = tuple(dict.fromkeys(filter(None, (usual, *methods.values()))))
        for team in item.items("teams"):
            self._teams.member(team.text("id"), key)
        if not addresses:
            item.note("there is no address for this person", "write `addresses:` by hand, or nobody can reach them")
        self._people[key] = DraftPerson(
            id=self._ids.of(name, email.partition("@")[0], key),
            name=name or email or key or "?",
            language=language_of(name, item.text("locale")),
            zone=zone_in(item, "time_zone"),
            email=usual.removeprefix("email:"),
            identities=(usual,) if usual else (),
            addresses=addresses,
            ways=ways,
            is_admin=item.text("role") in _ADMINS,
        )
        item.unused("titles have a language here", "job_title", todo="write `title: {en: ...}` if you want it")
        item.skip(*_LINKS, "avatar_url", "color", "coordinated_incidents", "invitation_sent")
        item.close()
        self._ledger.count("people")

    def _methods(self, item: Item, user: str) -> dict[str, str]:
        """Addresses by the id of the contact method."""
        found: dict[str, str] = {}
        for method in (*item.items("contact_methods", "contact method"), *self._of("contact_methods", user)):
            kind = method.text("type")
            address = _address(method)
            if kind.endswith("_reference") and not address:
                method.note("the export only refers to it", "fetch the users with include[]=contact_methods")
            elif address:
                found[method.text("id")] = address
            elif kind.startswith("push_notification"):
                method.note("PagerDuty's app on a telephone cannot be reached from here", "link the person's chat")
            else:
                method.note(f"`{method.text('address')}` is no address that we can use", "write it by hand")
            method.unused("how a message looks is the desk's affair", "send_short_email", "send_html_email", "sounds")
            method.skip(*_LINKS, "label", "address", "country_code", "device_type", "created_at", "enabled")
            method.skip("blacklisted")
            method.close()
        return found

    def _ways(self, item: Item, user: str, methods: Mapping[str, str]) -> dict[str, Ways]:
        found: dict[str, list[tuple[str, timedelta]]] = {}
        for rule in (*item.items("notification_rules", "notification rule"), *self._of("notification_rules", user)):
            method = rule.item("contact_method")
            address = methods.get(method.text("id")) or _address(method)
            weight = _WEIGHT.get(rule.text("urgency", "high"))
            if "contact_method" not in rule:
                rule.note("the export only refers to it", "fetch the users with include[]=notification_rules")
            elif weight is None:
                rule.note(f"urgency `{rule.text('urgency')}` is neither high nor low", "write `ways:` by hand")
            elif not address:
                rule.note(f"its way ({method.text('type')}) was not carried", "write another one under `ways:`")
            else:
                delay = length_in(rule, "start_delay_in_minutes", MINUTE)
                found.setdefault(weight, []).append((address, delay))
            rule.skip(*_LINKS, "start_delay_in_minutes", "urgency")
            rule.close()
        return {weight: tuple(sorted(ways, key=lambda way: way[1])) for weight, ways in found.items()}

    def _of(self, endpoint: str, owner: str) -> Iterator[Item]:
        return (item for item in self._pool.items(endpoint) if belongs(item, owner))

    # --- teams -------------------------------------------------------------------------------------------------------

    def _team(self, item: Item) -> None:
        key = item.text("id")
        self._teams.add(key, item.text("name") or item.text("summary"))
        for member in (*item.items("members", "member"), *self._of("members", key)):
            self._teams.member(key, member.item("user").text("id"), leads=member.text("role") == "manager")
            member.skip(OF)
            member.close()
        item.unused("teams stand side by side here", "parent")
        item.unused("teams have no description here", "description")
        item.skip(*_LINKS, "default_role")
        item.close()

    # --- schedules ---------------------------------------------------------------------------------------------------

    def _schedule(self, item: Item) -> None:
        key, zone, name = item.text("id"), zone_in(item, "time_zone"), item.text("name") or item.text("summary")
        layers = [self._layer(one, zone) for one in reversed(item.items("schedule_layers", "layer"))]
        ranked = [Ranked(level, layer) for level, layer in enumerate(layers) if layer is not None]
        overrides = (*item.items("overrides", "override"), *self._of("overrides", key))
        events = [event for one in overrides for event in self._override(one)]
        self._rotas.add(item, key, name, ranked, events)
        for team in item.items("teams"):
            self._teams.rota(team.text("id"), key)
        item.unused("rotas have no description here", "description")
        item.skip(*_LINKS, "users", "escalation_policies", "final_schedule", "overrides_subschedule", "http_cal_url")
        item.skip("personal_cal_url", "web_cal_url", "next_oncall_for_user")
        item.close()

    def _layer(self, item: Item, zone: str) -> Layer | None:
        name = item.text("name", "layer")
        length = length_in(item, "rotation_turn_length_seconds", SECOND)
        start, end = moment_in(item, "start"), moment_in(item, "end")
        origin = moment_in(item, "rotation_virtual_start") or start
        users = [user.item("user") for user in item.items("users", "user")]
        turns = tuple(turn_of([person_of(item, user.text("id"), self._people)]) for user in users)
        hours = self._hours(item)
        item.skip(*_LINKS, "rendered_schedule_entries", "rendered_coverage_percentage")
        item.close()
        unit = unit_of(length)
        if end is not None and end <= self._now:
            item.note(f"`{name}` ended {end:%Y-%m-%d} and was left out", "nothing")
            return None
        if unit is None:
            told = f"the turns of `{name}` last {length.total_seconds():.0f} s, which is no whole number of hours"
            item.note(told, "choose turns of whole hours and add the layer to rotas.yaml")
            return None
        if not any(turns) or origin is None:
            item.note(f"`{name}` has no people or no beginning", "add the layer by hand, if anybody is on call by it")
            return None
        begins, handover = wall(origin, zone)
        layer = Layer(name, zone, turns, begins, handover, unit[0], unit[1], hours, end)
        since = start or origin
        return self._rotas.begun(item, begun(layer, since), since)

    def _hours(self, item: Item) -> Week | None:
        """The hours that the restrictions leave; None where there are none."""
        stretches: list[tuple[int, timedelta, timedelta]] = []
        restrictions = item.items("restrictions", "restriction")
        for one in restrictions:
            opens, length = clock_in(one, "start_time_of_day"), length_in(one, "duration_seconds", SECOND)
            weekly = one.text("type") == "weekly_restriction"
            days = [one.number("start_day_of_week", 1) - 1] if weekly else range(7)
            if opens is not None:
                stretches += [(day, opens, length) for day in days]
            one.skip("start_day_of_week")
            one.close()
        week = week_of(stretches)
        return week if stretches and not whole_week(week) else None

    def _override(self, item: Item) -> Iterator[DraftEvent]:
        starts, ends = moment_in(item, "start"), moment_in(item, "end")
        person = person_of(item, item.item("user").text("id"), self._people)
        item.skip(*_LINKS)
        item.close()
        if person is None or starts is None or ends is None:
            item.note("this override was not carried", "ask for a cover once the desk runs")
            return
        yield DraftEvent(person, starts, ends)

    # --- escalation --------------------------------------------------------------------------------------------------

    def _policy(self, item: Item) -> Iterator[DraftPolicy]:
        key, name, loops = item.text("id"), item.text("name") or item.text("summary"), item.number("num_loops")
        chain = Chain()
        for rule in item.items("escalation_rules", "level"):
            chain.call(word for target in rule.items("targets", "target") for word in self._target(target))
            chain.wait(length_in(rule, "escalation_delay_in_minutes", MINUTE, 30))
            strategy = rule.raw("escalation_rule_assignment_strategy")
            if "round_robin" in str(strategy):
                rule.note("it takes its targets by turns (round robin); here all of them are called", "use a rota")
            rule.skip(*_LINKS)
            rule.close()
        teams = [team.text("id") for team in item.items("teams")]
        item.skip(*_LINKS, "services", "on_call_handoff_notifications")
        item.unused("policies have no description here", "description")
        item.close()
        if not chain.steps:
            item.note("no level of it calls anybody, so it was not carried", "write it by hand")
            return
        often = f"goes through all its levels {loops + 1} times" if loops else "stops after its last level"
        item.note(f"there it {often}; here the last level calls until somebody acknowledges", "nothing")
        policy = DraftPolicy(self._policy_ids.of(name, key), name, chain.steps, chain.left or AGAIN)
        for team in teams:
            self._teams.policy(team, policy.id)
        self._ledger.count("policies")
        yield policy

    def _target(self, target: Item) -> Iterator[str]:
        kind, key = target.text("type"), target.text("id")
        target.skip(*_LINKS, "name")
        target.close()
        if kind.startswith("schedule"):
            yield from self._rotas.calls(target, key)
        elif kind.startswith("user"):
            person = person_of(target, key, self._people)
            if person is not None:
                yield f"person {person}"
        else:
            target.note(f"`{kind}` is nobody whom we could call", "name a person or a rota")

    def _service(self, item: Item) -> None:
        policy = item.item("escalation_policy")
        told = f"services are not carried; it used the policy `{policy.text('summary') or policy.text('id')}`"
        item.note(told, "add it to services.yaml with its team, its agreement and its other names")

    def _tell_of_strays(self) -> None:
        """Answers about one thing whose file does not say which."""
        owners = {
            "contact_methods": set(self._people),
            "notification_rules": set(self._people),
            "members": {item.text("id") for item in self._pool.items("teams")},
            "overrides": {item.text("id") for item in self._pool.items("schedules")},
        }
        for endpoint, known in owners.items():
            for item in self._pool.items(endpoint):
                if not belongs(item, *known):
                    item.note("the file does not say whose it is", f"name the file `{endpoint}-<id>.json`")


def _address(method: Item) -> str:
    kind, said = method.text("type"), method.text("address")
    if kind.startswith("email"):
        return email_address(said)
    if kind.startswith("phone"):
        return phone_address("voice", method.text("country_code"), said)
    if kind.startswith("sms"):
        return phone_address("sms", method.text("country_code"), said)
    return ""
