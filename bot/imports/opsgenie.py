"""Opsgenie: what its REST API v2 answers (docs.opsgenie.com/docs/api-overview) as a draft of our rules.

The rotations of a schedule are on call together. The delays of an escalation are counted from the alert, not from the
rule before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.hours import WEEKDAYS, WHOLE_DAY, Week
from bot.domain.ids import PersonId
from bot.domain.turns import Every, Layer
from bot.imports.draft import Draft, DraftEvent, DraftPerson, DraftPolicy
from bot.imports.exports import OF, Pool, belongs
from bot.imports.ledger import Item, Ledger
from bot.imports.naming import Ids, Mail, email_address, language_of, phone_address, zone_in
from bot.imports.shaping import AGAIN, Chain, Rotas, Teams, length_in, moment_in, person_of, turn_of
from bot.imports.turning import MOST_UNITS, WEEK, Ranked, Turn, wall, week_of, whole_week

ENDPOINTS = frozenset(
    {"users", "contacts", "notification_rules", "teams", "schedules", "overrides", "escalations", "services"}
)

_EVERY = {"hourly": Every.HOUR, "daily": Every.DAY, "weekly": Every.WEEK}
_UNITS = {one: timedelta(**{one: 1}) for one in ("seconds", "minutes", "hours", "days")}
_NUMBERS = ("id", "_meta", "links", OF)
Way = tuple[str, timedelta]


def drafted(pool: Pool, ledger: Ledger, now: datetime) -> Draft:
    """Everything of the export that our rules can say."""
    return _Opsgenie(pool, ledger, now).draft()


class _Opsgenie:
    def __init__(self, pool: Pool, ledger: Ledger, now: datetime) -> None:
        self._pool = pool
        self._ledger = ledger
        self._now = now
        self._people: dict[str, DraftPerson] = {}
        self._by_email: dict[str, str] = {}
        self._ids = Ids("person")
        self._mail = Mail()
        self._policy_ids = Ids("policy")
        self._rotas = Rotas(ledger, now)
        self._teams = Teams(ledger)
        self._team_names: dict[str, str] = {}
        self._schedule_names: dict[str, str] = {}
        self._firsts: dict[str, list[str]] = {}
        """The users whom an escalation calls first, by its id and its name."""

    def draft(self) -> Draft:
        for item in self._pool.items("users"):
            self._person(item)
        for item in self._pool.items("teams"):
            self._team(item)
        for item in self._pool.items("escalations"):
            self._remember_first(item)
        for item in self._pool.items("schedules"):
            self._schedule(item)
        policies = [one for item in self._pool.items("escalations") for one in self._policy(item)]
        for item in self._pool.items("services"):
            self._service(item)
        self._tell_of_strays()
        teams = self._teams.drafted(self._people, self._rotas, policies)
        return Draft("Opsgenie", tuple(self._people.values()), teams, self._rotas.all(), tuple(policies))

    # --- people ------------------------------------------------------------------------------------------------------

    def _person(self, item: Item) -> None:
        key, email = item.text("id"), item.text("username")
        name = item.text("fullName", email)
        usual = self._mail.of(item, email)
        contacts = [*item.items("userContacts", "contact"), *self._of("contacts", key, email)]
        addresses = [usual, *(address for one in contacts for address in self._contact(one))]
        if item.truth("blocked"):
            item.note("this user is blocked there", "take the person out of people.yaml, if they have left")
        self._people[key] = DraftPerson(
            id=self._ids.of(name, email.partition("@")[0], key),
            name=name or key or "?",
            language=language_of(name, item.text("locale")),
            zone=zone_in(item, "timeZone"),
            email=usual.removeprefix("email:"),
            identities=(usual,) if usual else (),
            addresses=tuple(dict.fromkeys(filter(None, addresses))),
            ways=self._ways([*item.items("notificationRules"), *self._of("notification_rules", key, email)]),
            is_admin=item.item("role").text("name").lower() in {"owner", "admin"},
        )
        self._by_email[email.casefold()] = key
        item.unused("people have no address of a house or other details here", "userAddress", "details", "tags")
        item.unused("titles have a language here", "skypeUsername")
        item.skip(*_NUMBERS, "verified", "createdAt", "mutedUntil", "deactivated")
        item.close()
        self._ledger.count("people")

    def _contact(self, contact: Item) -> Iterator[str]:
        address = _address(contact.text("contactMethod") or contact.text("method"), contact.text("to"))
        enabled = contact.truth("enabled", default=True) if "status" not in contact else True
        status = contact.item("status")
        enabled = enabled and status.truth("enabled", default=True)
        contact.skip(*_NUMBERS, "applyOrder", "disabledReason")
        contact.close()
        if not enabled:
            contact.note("it is switched off there, so it was not carried", "nothing")
        elif address:
            yield address
        else:
            told = f"`{contact.text('contactMethod') or contact.text('method')}` cannot be reached from here"
            contact.note(told, "link the person's chat, or write another address")

    def _ways(self, rules: list[Item]) -> dict[str, tuple[Way, ...]]:
        """The steps of the rule for new alerts. Rules for one priority each cannot be told apart here: the first rule
        is the usual one."""
        found: list[Way] = []
        taken = False
        for rule in rules:
            action = rule.text("actionType")
            if action != "create-alert" or not rule.truth("enabled", default=True):
                rule.note(f"rules for `{action or '?'}` that are on, other than new alerts, are not carried", "nothing")
                continue
            if taken:
                rule.note("a second rule for new alerts; only the first was carried", "compare `ways:` by hand")
                continue
            if not rule.several("steps"):
                rule.note("its steps are not in the export", "fetch each rule: notification-rules-<user>.json")
                continue
            taken = True
            found = [way for step in rule.items("steps", "step") for way in self._step(step)]
            rule.unused("ways hold at any time here", "timeRestriction", "notificationTime")
            rule.unused("ways hold for every alert here", "criteria")
            rule.unused("a call is repeated by its policy here", "repeat")
            rule.unused("ways hold for every rota here", "schedules")
            rule.skip(*_NUMBERS, "name", "order")
            rule.close()
        ways = tuple(sorted(found, key=lambda way: way[1]))
        return {"important": ways, "default": ways} if ways else {}

    def _step(self, step: Item) -> Iterator[Way]:
        contact = step.item("contact")
        address = _address(contact.text("method"), contact.text("to"))
        after = _length(step.item("sendAfter"))
        on = step.truth("enabled", default=True)
        step.skip(*_NUMBERS)
        step.close()
        if on and address:
            yield address, after
        elif on:
            step.note(f"`{contact.text('method')}` cannot be reached from here", "write another way by hand")

    def _of(self, endpoint: str, *owners: str) -> Iterator[Item]:
        return (item for item in self._pool.items(endpoint) if belongs(item, *owners))

    def _user(self, item: Item) -> PersonId | None:
        """The person an object refers to, by id or by address."""
        key = item.text("id")
        known = key if key in self._people else self._by_email.get(item.text("username").casefold(), key)
        item.skip("type", "name", "username")
        return person_of(item, known, self._people)

    # --- teams -------------------------------------------------------------------------------------------------------

    def _team(self, item: Item) -> None:
        key, name = item.text("id"), item.text("name")
        self._teams.add(key, name)
        self._team_names[name] = key
        for member in item.items("members", "member"):
            user = member.item("user")
            known = user.text("id")
            found = known if known in self._people else self._by_email.get(user.text("username").casefold(), known)
            self._teams.member(key, found, leads=member.text("role") == "admin")
            member.close()
        if not item.several("members"):
            item.note("its members are not in the export", "fetch each team by itself: teams-<id>.json")
        item.unused("teams have no description here", "description")
        item.skip(*_NUMBERS)
        item.close()

    def _team_key(self, item: Item) -> str:
        key, name = item.text("id"), item.text("name")
        item.skip("type")
        return key if self._teams.knows(key) or not name else self._team_names.get(name, key)

    # --- schedules ---------------------------------------------------------------------------------------------------

    def _schedule(self, item: Item) -> None:
        key, name, zone = item.text("id"), item.text("name"), zone_in(item, "timezone")
        self._schedule_names[name] = key
        owner = self._team_key(item.item("ownerTeam"))
        if not item.truth("enabled", default=True):
            item.note("this schedule is switched off there, so it was not carried", "nothing")
            return
        layers = [self._rotation(rotation, zone) for rotation in item.items("rotations", "rotation")]
        ranked = [Ranked(0, layer) for layer in layers if layer is not None]
        overrides = (*item.items("overrides", "override"), *self._of("overrides", key, name))
        events = [event for one in overrides for event in self._override(one, len(layers))]
        self._rotas.add(item, key, name, ranked, events)
        if owner:
            self._teams.rota(owner, key)
        item.unused("rotas have no description here", "description")
        item.skip(*_NUMBERS)
        item.close()

    def _rotation(self, item: Item, zone: str) -> Layer | None:
        name, every, length = item.text("name", "rotation"), _EVERY.get(item.text("type")), item.number("length", 1)
        start, end = moment_in(item, "startDate"), moment_in(item, "endDate")
        turns = tuple(self._turn(one) for one in item.items("participants", "participant"))
        hours = self._hours(item.item("timeRestriction")) if "timeRestriction" in item else None
        on = item.truth("enabled", default=True)
        item.skip(*_NUMBERS, "timeRestriction")
        item.close()
        if not on or (end is not None and end <= self._now):
            item.note(f"`{name}` is over or switched off and was left out", "nothing")
            return None
        if every is None or not 0 < length <= MOST_UNITS:
            item.note(
                f"turns of {length} times `{item.text('type')}` are unknown here", "add the layer to rotas.yaml by hand"
            )
            return None
        if not any(turns) or start is None:
            item.note(f"`{name}` has no people or no beginning", "add the layer by hand, if anybody is on call by it")
            return None
        begins, handover = wall(start, zone)
        return Layer(name, zone, turns, begins, handover, every, length, hours, end)

    def _turn(self, item: Item) -> Turn:
        kind = item.text("type")
        if kind == "none":
            return ()
        if kind == "user":
            turn = turn_of([self._user(item)])
        elif kind == "team":
            key = self._team_key(item)
            turn = tuple(PersonId(one) for one in self._teams.members(key, self._people))
            item.note("a team takes this turn; all its members are on call together here", "name one person")
        elif kind == "escalation":
            users = self._firsts.get(item.text("id")) or self._firsts.get(item.text("name"), [])
            turn = turn_of(PersonId(self._people[user].id) for user in users if user in self._people)
            told = "an escalation takes this turn; here it is the turn of the users whom that one calls first"
            item.note(told if turn else f"{told}, and it has none", "name the people of this turn in rotas.yaml")
        else:
            turn = ()
            item.note(f"`{kind}` is nobody who could take a turn", "name the people of this turn in rotas.yaml")
        item.skip("id", "name", "username")
        item.close()
        return turn

    def _hours(self, item: Item) -> Week | None:
        stretches: list[tuple[int, timedelta, timedelta]] = []
        kind = item.text("type")
        if kind == "time-of-day":
            window = item.item("restriction")
            opens, closes = _clock(window, "start"), _clock(window, "end")
            length = (closes - opens) % WHOLE_DAY or WHOLE_DAY
            stretches = [(day, opens, length) for day in range(7)]
            window.close()
        else:
            for window in item.items("restrictions", "restriction"):
                first, last = _weekday(window, "startDay"), _weekday(window, "endDay")
                if first is None or last is None:
                    continue
                opens, closes = _clock(window, "start"), _clock(window, "end")
                length = ((last - first) * WHOLE_DAY + closes - opens) % WEEK or WEEK
                stretches.append((first, opens, length))
                window.close()
        item.close()
        week = week_of(stretches)
        return week if stretches and not whole_week(week) else None

    def _override(self, item: Item, rotations: int) -> Iterator[DraftEvent]:
        starts, ends = moment_in(item, "startDate"), moment_in(item, "endDate")
        person = self._user(item.item("user"))
        chosen = item.several("rotations")
        item.skip(*_NUMBERS, "alias")
        item.close()
        if person is None or starts is None or ends is None:
            item.note("this override was not carried", "ask for a cover once the desk runs")
            return
        if chosen and len(chosen) < rotations:
            told = "it holds for some rotations only; here it goes before all of the schedule"
            item.note(told, "look at `deskbell oncall --at` for that time, and ask for a cover instead if it is wrong")
        yield DraftEvent(person, starts, ends)

    # --- escalation --------------------------------------------------------------------------------------------------

    def _remember_first(self, item: Item) -> None:
        rules = sorted(item.items("rules", "rule"), key=lambda rule: _length(rule.item("delay")))
        users = [rule.item("recipient") for rule in rules if rule.item("recipient").text("type") == "user"]
        keys = [user.text("id") or self._by_email.get(user.text("username").casefold(), "") for user in users]
        first = [key for key in keys if key][:1]
        self._firsts |= {item.text("id"): first, item.text("name"): first}

    def _policy(self, item: Item) -> Iterator[DraftPolicy]:
        key, name = item.text("id"), item.text("name")
        owner = self._team_key(item.item("ownerTeam"))
        chain, passed = Chain(), timedelta()
        for rule in sorted(item.items("rules", "rule"), key=lambda rule: _length(rule.item("delay"))):
            delay = _length(rule.item("delay"))
            words = tuple(self._recipients(rule, owner))
            if words:
                chain.wait(delay - passed)
                chain.call(words)
                passed = delay
        repeat = self._repeat(item)
        item.unused("policies have no description here", "description")
        item.skip(*_NUMBERS)
        item.close()
        if not chain.steps:
            item.note("no rule of it calls anybody, so it was not carried", "write it by hand")
            return
        policy = DraftPolicy(self._policy_ids.of(name, key), name, chain.steps, repeat)
        if owner:
            self._teams.policy(owner, policy.id)
        self._ledger.count("policies")
        yield policy

    def _repeat(self, item: Item) -> timedelta:
        if "repeat" not in item:
            item.note("there it stops after its last rule; here the last level calls until somebody acknowledges")
            return AGAIN
        repeat = item.item("repeat")
        interval, count = length_in(repeat, "waitInterval", _UNITS["minutes"]), repeat.number("count")
        often = f"{count} times" if count else "without end"
        told = f"there the whole escalation repeats {often}; here its last level does, until somebody acknowledges"
        repeat.note(told, "nothing")
        repeat.unused("nobody's state is reset here; whoever acknowledged is not called", "resetRecipientStates")
        repeat.unused("no ticket closes by itself because nobody came", "closeAlertAfterAll")
        repeat.close()
        return interval or AGAIN

    def _recipients(self, rule: Item, owner: str) -> Iterator[str]:
        recipient, how = rule.item("recipient"), rule.text("notifyType", "default")
        kind, condition = recipient.text("type"), rule.text("condition", "if-not-acked")
        if condition != "if-not-acked":
            told = f"it calls {condition}; here calls end when somebody acknowledges"
            rule.note(told, "open tickets that nobody works on are asked about (desk.yaml)")
        rule.close()
        match kind:
            case "user":
                person = self._user(recipient)
                yield from () if person is None else (f"person {person}",)
            case "schedule":
                key, name = recipient.text("id"), recipient.text("name")
                yield from self._on_call(rule, key or self._schedule_names.get(name, name), owner, how)
            case "team":
                yield from self._of_team(rule, self._team_key(recipient), how)
            case _:
                rule.note(f"`{kind}` is nobody whom we could call", "name a person or a rota")
        recipient.skip("name", "username")
        recipient.close()

    def _on_call(self, rule: Item, key: str, owner: str, how: str) -> Iterator[str]:
        if how == "next" and owner and self._teams.only_rota(owner) == key and len(self._rotas.ids(key)) == 1:
            yield "on_call 2"
            return
        if how not in {"default", "all"}:
            told = f"it calls the `{how}` of the schedule; here whoever is on call then is called"
            rule.note(told, "name a person, or give the team a second rota and write `on_call 2`")
        yield from self._rotas.calls(rule, key)

    def _of_team(self, rule: Item, team: str, how: str) -> Iterator[str]:
        leads = {"admins": True, "users": False}.get(how)
        if how == "default":
            rule.note("it calls a team by its routing rules; here all its members are called", "write `team` and an id")
        elif how not in {"all", "admins", "users"}:
            rule.note(f"it calls the `{how}` of a team; here all its members are called", "name a person")
        people = self._teams.members(team, self._people, leads=leads)
        if not people:
            rule.note("that team has nobody to call, as far as the export knows", "export the members of the teams")
        yield from (f"person {one}" for one in people)

    def _service(self, item: Item) -> None:
        team = item.text("teamId")
        told = f"services are not carried; it belonged to team `{team or '?'}`"
        item.note(told, "add it to services.yaml with its team, its agreement and its other names")

    def _tell_of_strays(self) -> None:
        """Answers about one thing whose file does not say which."""
        users = {*self._people, *(one.email for one in self._people.values())}
        schedules = {*self._schedule_names, *self._schedule_names.values()}
        for endpoint, known in {"contacts": users, "notification_rules": users, "overrides": schedules}.items():
            for item in self._pool.items(endpoint):
                if not belongs(item, *known):
                    item.note("the file does not say whose it is", f"name the file `{endpoint}-<id>.json`")


def _address(method: str, to: str) -> str:
    if method == "email":
        return email_address(to)
    if method in {"sms", "voice"}:
        return phone_address(method, "", to)
    return ""


def _length(item: Item) -> timedelta:
    """{"timeAmount": 5, "timeUnit": "minutes"}."""
    return length_in(item, "timeAmount", _UNITS.get(item.text("timeUnit", "minutes"), _UNITS["minutes"]))


def _clock(window: Item, edge: str) -> timedelta:
    return timedelta(hours=window.number(f"{edge}Hour") % 24, minutes=window.number(f"{edge}Min") % 60)


def _weekday(window: Item, key: str) -> int | None:
    said = window.text(key).lower()[:3]
    if said in WEEKDAYS:
        return WEEKDAYS.index(said)
    window.note(f"`{key}` is `{window.text(key)}`, which is no weekday", "write the hours into rotas.yaml by hand")
    return None
