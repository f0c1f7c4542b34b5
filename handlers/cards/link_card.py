"""One-time codes and what came of them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2s

from bot.chat.card import Action, Card, Tone
from handlers import phrasing
from handlers.reader import Reader

CODE = "link_code"
"""What the letter is about that tells somebody their code."""


def code_card(reader: Reader, code: str | None) -> Card:
    """The code and where to say it; or that it was lost on its way."""
    if code is None:
        return Card(title=reader.say("link-lost"), tone=Tone.WARN, lead=reader.say("link-lost-lead"))
    half = len(code) // 2
    return Card(
        title=reader.say("link-code", code=f"{code[:half]} {code[half:]}"),
        lead=reader.say("link-code-lead", code=code),
        footer=reader.say("link-code-footer"),
        summary=reader.say("link-code-summary"),
    )


def accounts_card(reader: Reader, joined: Sequence[str]) -> Card:
    """The identities that can be taken away again."""
    return Card(
        title=reader.say("unlink-which"),
        lines=tuple(account(one, reader) for one in joined),
        actions=tuple(unlink_button(one, reader) for one in joined),
    )


def unlink_button(identity: str, reader: Reader) -> Action:
    """Takes this identity away from the reader again."""
    return Action("unlink", mark(identity), reader.say("do-unlink", account=account(identity, reader)))


def mark(identity: str) -> str:
    """What a button calls an identity, however long it is."""
    return blake2s(identity.encode(), digest_size=8).hexdigest()


def account(identity: str, reader: Reader) -> str:
    """Slack U024BE7LH: the platform, and who somebody is there."""
    platform, _, name = identity.partition(":")
    return reader.say("an-account", platform=phrasing.gist(platform.capitalize(), 20), name=phrasing.gist(name, 30))
