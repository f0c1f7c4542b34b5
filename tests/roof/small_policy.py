"""The smallest policy that a desk can work by, and how to spoil it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

Change = tuple[str, str, str]
"""A file, what stands in it, and what shall stand there instead."""

SMALL = {
    "people.yaml": """\
ann:
  name: Ann
  language: en
  zone: Europe/London
  identities: local:ann
  addresses: local:dm:ann
bo:
  name: 博
  language: zh
  zone: Asia/Shanghai
  identities: local:bo
  addresses: local:dm:bo
""",
    "teams.yaml": """\
desk:
  names: {en: Desk, zh: 服务台}
  language: en
  zone: Europe/London
  calendar: office
  channel: local:channel:desk
  lead: bo
  members: [ann, bo]
  on_call: [ann]
  policies: {P1: calls, P2: calls, P3: calls, P4: calls}
  digest_at: 09:00
""",
    "services.yaml": """\
email:
  names: {en: Email}
  team: desk
  agreement: standard
  aliases: [mail]
other:
  names: {en: Other}
  team: desk
  agreement: standard
""",
    "slas.yaml": """\
standard:
  calendar: office
  promises:
    incident:
      P1: {response: 30 min on 24x7}
      P2: {response: 1 h}
      P3: {resolution: 2 working days}
      P4: {}
    request:
      P1: {response: 1 h}
      P2: {response: 1 h}
      P3: {}
      P4: {}
""",
    "calendars.yaml": """\
24x7:
  zone: UTC
  hours: {mon-sun: 00:00-24:00}
office:
  zone: Europe/London
  hours:
    mon-fri: [09:00-12:00, 13:00-17:00]
""",
    "escalation.yaml": """\
calls:
  steps:
    - call: on_call 1
    - after: 10 min
      call: lead
  repeat: 10 min
  last_resort: lead
""",
    "priority.yaml": """\
high: {high: P1, medium: P2, low: P3}
medium: {high: P2, medium: P3, low: P4}
low: {high: P3, medium: P4, low: P4}
""",
    "desk.yaml": """\
settle: 30 s
close_after: 2 working days
""",
}


def write_policy(folder: Path, *changes: Change) -> Path:
    """The policy in that folder with each (file, old, new) done; an old text must be there."""
    written = dict(SMALL)
    for file, old, new in changes:
        if old not in written[file]:
            raise ValueError(f"{old!r} is not in {file}")
        written[file] = written[file].replace(old, new, 1)
    folder.mkdir(exist_ok=True)
    for file, text in written.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def with_files(folder: Path, files: Mapping[str, str]) -> Path:
    """The folder with these files too; those without words are left out."""
    for file, text in files.items():
        if text:
            (folder / file).write_text(text, encoding="utf-8")
    return folder
