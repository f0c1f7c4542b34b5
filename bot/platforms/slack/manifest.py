"""The app manifest: what Slack must allow the desk, nothing besides, and why for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml

from bot.platforms.slack.knock import POINT_CALLBACK

MOST_SCOPES = 9


class Feature(StrEnum):
    """What can be switched on besides direct messages and the Home tab, which are always there."""

    COMMAND = "command"
    """`/desk`."""
    SHORTCUT = "shortcut"
    """"Raise as ticket" in the menu of a message."""
    CHANNELS = "channels"
    """Public channels: team cards, answers in threads, the words under a reaction."""
    PRIVATE_CHANNELS = "private_channels"
    """The same in private channels."""
    MENTION = "mention"
    """Raising a ticket by calling the desk in a channel."""
    REACTION = "reaction"
    """Raising a ticket by putting 🎫 on a message."""
    NAMES = "names"
    """Reading `<@U1>` in somebody's words as a name."""


ALL = frozenset(Feature)

_ALWAYS = {
    "chat:write": "post and edit cards, and show what only one person sees",
    "im:history": "hear direct messages, and read those that Slack did not deliver",
    "im:read": "know which direct conversations to read again after an outage",
    "im:write": "open the direct conversation with somebody who never wrote",
}
_WHY: Mapping[Feature, Mapping[str, str]] = {
    Feature.COMMAND: {"commands": "the slash command"},
    Feature.SHORTCUT: {"commands": 'the message shortcut "Raise as ticket"'},
    Feature.CHANNELS: {"channels:history": "hear answers in threads of public channels, and find own messages again"},
    Feature.PRIVATE_CHANNELS: {"groups:history": "hear answers in threads of private channels, and find own messages"},
    Feature.MENTION: {"app_mentions:read": "hear when somebody calls the desk in a channel"},
    Feature.REACTION: {"reactions:read": "hear when somebody puts the ticket emoji on a message"},
    Feature.NAMES: {"users:read": "read the calls in somebody's words as names"},
}
_EVENTS: Mapping[str, Sequence[str]] = {
    "im:history": ["message.im"],
    "channels:history": ["message.channels"],
    "groups:history": ["message.groups"],
    "app_mentions:read": ["app_mention"],
    "reactions:read": ["reaction_added"],
}


@dataclass(frozen=True, slots=True)
class Installation:
    """How the app is to be called and reached."""

    name: str = "Deskbell"
    commands: Sequence[str] = ("/desk",)
    events_url: str = ""
    """Where Slack sends its events to over HTTP; empty for Socket Mode."""
    shortcut: str = "Raise as ticket"
    command_hint: str = "printer on floor 3 is jammed"
    command_about: str = "Raise a ticket, or ask: list, status, help"


def scopes(features: Collection[Feature]) -> dict[str, str]:
    """The bot scopes that these features need, each with its reason; at most nine. Where all messages of all channels
    are heard anyway, a call needs no scope of its own."""
    needed = dict(_ALWAYS)
    for feature in Feature:
        if feature in features and not (feature is Feature.MENTION and _hears_all(features)):
            for scope, reason in _WHY[feature].items():
                needed[scope] = f"{needed[scope]}; {reason}" if scope in needed else reason
    return needed


def missing_and_superfluous(granted: Collection[str], features: Collection[Feature]) -> tuple[set[str], set[str]]:
    """What was not granted but is needed, and what was granted for nothing."""
    needed = set(scopes(features))
    superfluous = set(granted) - needed
    if Feature.MENTION in features:
        superfluous -= {"app_mentions:read"}
    return needed - set(granted), superfluous


def manifest(features: Collection[Feature], installation: Installation | None = None) -> dict[str, Any]:
    """The manifest as Slack takes it (docs.slack.dev, app manifest reference)."""
    app = installation or Installation()
    needed = scopes(features)
    commands = list(app.commands) if Feature.COMMAND in features else []
    listens = {"request_url": app.events_url} if app.events_url else {}
    return {
        "display_information": {"name": app.name},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": app.name, "always_online": True},
            **({"shortcuts": [_shortcut(app)]} if Feature.SHORTCUT in features else {}),
            **({"slash_commands": [_command(app, word) for word in commands]} if commands else {}),
        },
        "oauth_config": {"scopes": {"bot": list(needed)}},
        "settings": {
            "event_subscriptions": {
                **listens,
                "bot_events": ["app_home_opened", *(one for scope in needed for one in _EVENTS.get(scope, ()))],
            },
            "interactivity": {"is_enabled": True, **listens},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not app.events_url,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(features: Collection[Feature], installation: Installation | None = None) -> str:
    """The same as YAML, each scope with its reason beside it."""
    text = yaml.safe_dump(manifest(features, installation), sort_keys=False, allow_unicode=True, width=120)
    reasons = scopes(features)
    lines = []
    for line in text.splitlines():
        scope = line.strip().removeprefix("- ")
        is_scope = line.strip().startswith("- ") and scope in reasons
        lines.append(f"{line}  # {reasons[scope]}" if is_scope else line)
    return "\n".join(lines) + "\n"


def _hears_all(features: Collection[Feature]) -> bool:
    return {Feature.CHANNELS, Feature.PRIVATE_CHANNELS} <= set(features)


def _shortcut(app: Installation) -> dict[str, str]:
    return {"name": app.shortcut, "type": "message", "callback_id": POINT_CALLBACK, "description": app.shortcut}


def _command(app: Installation, word: str) -> dict[str, Any]:
    url = {"url": app.events_url} if app.events_url else {}
    return {
        "command": "/" + word.lstrip("/"),
        "description": app.command_about,
        "usage_hint": app.command_hint,
        "should_escape": True,
        **url,
    }
