"""A policy in which everything happens within seconds, so that a short life sees calls, warnings and breaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

ANN, LIN = "ann", "lin"
"""Employees."""
BO, CAI, DEE = "bo", "cai", "dee"
"""First on call, second on call, lead of the desk."""
EVE, FAN = "eve", "fan"
"""First on call and lead of the network team."""

EMPLOYEES = (ANN, LIN)
CREW = (BO, CAI, DEE, EVE, FAN)

LATER = time(23, 59)
"""A digest that does not fall due while a test runs at noon."""


@dataclass(frozen=True, slots=True)
class Digests:
    """When the two teams have theirs, in their zone."""

    zone: str
    desk: time = LATER
    net: time = LATER


def write_rules(folder: Path, digests: Digests) -> Path:
    """The policy files stand in the folder."""
    folder.mkdir(exist_ok=True)
    for name, text in _files(digests).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def none_due() -> Digests:
    """No digest is due soon."""
    return Digests(_zone_of_noon(datetime.now(UTC)))


def one_due_one_soon() -> Digests:
    """One team's digest has been due for a minute, the other's comes with the next minute."""
    now = datetime.now(UTC)
    noon = now.replace(hour=12)
    return Digests(
        _zone_of_noon(now), desk=(noon - timedelta(minutes=1)).time(), net=(noon + timedelta(minutes=1)).time()
    )


def _zone_of_noon(now: datetime) -> str:
    """A fixed zone in which the hour of `now` (UTC) is 12: far from midnight no date changes in the middle of a test.
    These names count westwards."""
    return f"Etc/GMT{now.hour - 12:+d}"


def _person(name: str, language: str, roles: str) -> str:
    return (
        f"{name}:\n  name: {name.title()}\n  language: {language}\n  zone: Europe/London\n  roles: {roles}\n"
        f"  identities: local:{name}\n  addresses: local:dm:{name}\n"
    )


def _team(name: str, digests: Digests, at: time, *, lead: str, on_call: str) -> str:
    members = ", ".join(dict.fromkeys([*on_call.split(", "), lead]))
    return (
        f"{name}:\n  names: {{en: {name.title()}}}\n  language: en\n  zone: {digests.zone}\n  calendar: always\n"
        f"  channel: local:channel:{name}\n  lead: {lead}\n  members: [{members}]\n  on_call: [{on_call}]\n"
        f"  policies: {{P1: calls, P2: calls, P3: channel, P4: channel}}\n  digest_at: {at:%H:%M}\n"
    )


def _files(digests: Digests) -> dict[str, str]:
    people = [_person(ANN, "en", "employee"), _person(LIN, "zh", "employee")]
    people += [_person(one, "zh" if one == CAI else "en", "[employee, agent]") for one in CREW]
    return {
        "people.yaml": "".join(people),
        "teams.yaml": _team("desk", digests, digests.desk, lead=DEE, on_call=f"{BO}, {CAI}")
        + _team("net", digests, digests.net, lead=FAN, on_call=EVE),
        "services.yaml": """\
email:
  names: {en: Email, zh: 邮箱}
  team: desk
  agreement: quick
  aliases: [mail, 邮件]
vpn:
  names: {en: VPN, zh: VPN}
  team: net
  agreement: quick
other:
  names: {en: Other, zh: 其他}
  team: desk
  agreement: quick
""",
        "slas.yaml": """\
quick:
  calendar: always
  warn: 50 %
  pausing: [update, resolution]
  promises:
    incident:
      P1: {response: 2 s, update: 6 s, resolution: 12 s}
      P2: {response: 3 s, update: 10 s, resolution: 20 s}
      P3: {response: 4 s, resolution: 30 s}
      P4: {response: 5 s, resolution: 40 s}
    request:
      P1: {response: 2 s, resolution: 15 s}
      P2: {response: 3 s, resolution: 30 s}
      P3: {response: 4 s, resolution: 40 s}
      P4: {response: 5 s, resolution: 50 s}
""",
        "calendars.yaml": "always:\n  zone: UTC\n  hours: {mon-sun: 00:00-24:00}\n",
        "escalation.yaml": """\
calls:
  steps:
    - call: on_call 1
    - after: 1 s
      call: on_call 2
    - after: 2 s
      call: lead
  repeat: 4 s
  last_resort: lead
channel:
  steps:
    - after: 1 s
      call: channel
    - after: 2 s
      call: on_call 1
  repeat: 4 s
  last_resort: lead
""",
        "priority.yaml": """\
high: {high: P1, medium: P2, low: P3}
medium: {high: P2, medium: P3, low: P4}
low: {high: P3, medium: P4, low: P4}
""",
        "desk.yaml": "settle: 1 s\nreopen_within: 2 working days\nclose_after: 2 working days\n",
    }
