"""What Slack hands over, sorted before anything is stored: what is for the desk, under which key, in which lane.

Talk of people that is not for the desk is never stored. The same deed always has the same key, however often and on
whichever way it is delivered: events, their repetitions and the sweep meet."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from bot.chat.port import RawIncoming
from bot.platforms.slack.places import PLATFORM, is_direct
from bot.platforms.slack.words import called, mentions, whole

Body = dict[str, Any]

TICKET_EMOJI = "ticket"
SPOKEN = frozenset({"", "file_share", "thread_broadcast", "me_message", "bot_message"})
"""Subtypes of messages that are words of somebody; joins, topics, pins and the like are not."""

POINT_CALLBACK = "desk_point"
"""The message shortcut "Raise as ticket"."""

SECRETS = ("token", "response_url", "response_urls", "authorizations", "authed_users", "event_context")
"""Parts of a payload that are not stored."""


@dataclass(frozen=True, slots=True)
class Me:
    """The desk's own names on Slack."""

    team: str
    user: str
    bot: str
    app: str = ""


@dataclass(frozen=True, slots=True)
class Ears:
    """What the desk listens to besides direct messages, calls and its own threads."""

    overheard: frozenset[str] = frozenset()
    """Channels in which everything that is said is meant for the desk."""
    bots: frozenset[str] = frozenset()
    """Other bots (`bot_id`) that may raise tickets."""
    outsiders: bool = False
    """People of other workspaces in shared channels may raise tickets."""
    emoji: str = TICKET_EMOJI


@dataclass(frozen=True, slots=True)
class Knock:
    """It is to be kept; if `thread` is set, only when that thread (conversation, ts) is the desk's. `about` is the
    message whose words are still to be looked up, because Slack does not tell them."""

    raw: RawIncoming
    thread: tuple[str, str] | None = None
    about: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """It is not kept, and why: these are counted."""

    why: str


NOT_FOR_US = Dropped("not_for_us")
OWN = Dropped("own")


@dataclass(frozen=True, slots=True)
class _Visit:
    body: Body
    me: Me
    ears: Ears
    names: Mapping[str, str]
    at: datetime

    def knock(
        self,
        key: str,
        lane: str,
        what: str,
        *,
        thread: tuple[str, str] | None = None,
        about: tuple[str, str] | None = None,
    ) -> Knock:
        said = {name: self.names[name] for name in sorted(called_in(self.body)) if name in self.names}
        kept = {name: value for name, value in self.body.items() if name not in SECRETS}
        head = {"what": what, "at": self.at.isoformat(), "me": asdict(self.me), "names": said}
        stored = head | {"payload": kept}
        text = json.dumps(_whole(stored), ensure_ascii=False, separators=(",", ":"))
        raw = RawIncoming(key, PLATFORM, f"{PLATFORM}:{lane}", text)
        return Knock(raw, thread, about)


def sort(body: Body, me: Me, ears: Ears, names: Mapping[str, str], at: datetime) -> Knock | Dropped:
    """What to do with a payload that came at this moment. Raises ValueError when it cannot be read."""
    try:
        foreign = _foreign(body, me)
        return foreign or _sorted(_Visit(body, me, ears, names, at))
    except (KeyError, TypeError, AttributeError, IndexError) as fault:
        raise ValueError(f"malformed: {type(fault).__name__}") from fault


def as_event(message: Mapping[str, Any], conversation: str, me: Me) -> Body:
    """A message found in the history, as the event that should have told of it."""
    event = {**message, "type": "message", "channel": conversation}
    return {"type": "event_callback", "team_id": me.team, "api_app_id": me.app, "event": event}


def as_edit(message: Mapping[str, Any], conversation: str, me: Me) -> Body:
    """A message found in the history that was changed, as the event that should have told of the change."""
    event = {"type": "message", "subtype": "message_changed", "channel": conversation, "message": dict(message)}
    return {"type": "event_callback", "team_id": me.team, "api_app_id": me.app, "event": event}


def with_words(knock: Knock, message: Mapping[str, Any] | None) -> RawIncoming:
    """What is kept of a reaction: the message it points at belongs to it. None: it cannot be read."""
    stored = json.loads(knock.raw.body)
    stored["message"] = _whole(dict(message)) if message is not None else None
    body = json.dumps(stored, ensure_ascii=False, separators=(",", ":"))
    return RawIncoming(knock.raw.key, knock.raw.platform, knock.raw.lane, body)


def called_in(body: Body) -> set[str]:
    """The users who are called in the words of the payload."""
    event = body.get("event") or {}
    texts = [body.get("text"), event.get("text"), (event.get("message") or {}).get("text")]
    texts.append((body.get("message") or {}).get("text"))
    return {name for text in texts if isinstance(text, str) for name in called(text)}


# --- whose is it -----------------------------------------------------------------------------------------------------


def _foreign(body: Body, me: Me) -> Dropped | None:
    app = body.get("api_app_id")
    if app and me.app and app != me.app:
        return Dropped("foreign_app")
    return None if me.team in _teams(body) else Dropped("foreign_team")


def _teams(body: Body) -> Collection[str]:
    team = body.get("team")
    named = [body.get("team_id"), team.get("id") if isinstance(team, dict) else None]
    if not isinstance(team, dict):
        user = body.get("user")
        named.append(user.get("team_id") if isinstance(user, dict) else None)
    return [one for one in (*named, *(each.get("team_id") for each in body.get("authorizations") or ())) if one]


def _is_outsider(visit: _Visit, team: str | None) -> bool:
    return bool(team) and team != visit.me.team and not visit.ears.outsiders


# --- what is it ------------------------------------------------------------------------------------------------------


def _sorted(visit: _Visit) -> Knock | Dropped:
    body = visit.body
    if "command" in body:
        return _command(visit)
    match body["type"]:
        case "event_callback":
            return _event(visit, body["event"])
        case "block_actions":
            return _press(visit)
        case "view_submission":
            return _submission(visit)
        case "message_action" if body["callback_id"] == POINT_CALLBACK:
            return _shortcut(visit)
        case _:
            return NOT_FOR_US


def _event(visit: _Visit, event: Body) -> Knock | Dropped:
    match event["type"]:
        case "message" | "app_mention":
            return _message(visit, event)
        case "reaction_added":
            return _reaction(visit, event)
        case "app_home_opened" if event.get("tab") == "home":
            return visit.knock(
                f"slackopen:{visit.me.team}:{event['user']}:{event['event_ts']}", event["user"], "opened"
            )
        case "channel_id_changed":
            was = event["old_channel_id"]
            return visit.knock(f"slackmoved:{visit.me.team}:{was}:{event['new_channel_id']}", was, "moved")
        case _:
            return NOT_FOR_US


def _message(visit: _Visit, event: Body) -> Knock | Dropped:
    match event.get("subtype") or "":
        case "message_changed":
            return _edit(visit, event)
        case "message_deleted":
            return _deletion(visit, event)
        case subtype if subtype not in SPOKEN:
            return NOT_FOR_US
    refused = _no_author(visit, event)
    return refused or _if_for_us(
        visit, event["channel"], event, key_of(visit.me, event["channel"], event["ts"]), "said"
    )


def key_of(me: Me, conversation: str, ts: str) -> str:
    """The key of a message: never the id of the event, of which there may be many for one message."""
    return f"slackmsg:{me.team}:{conversation}:{ts}"


def _no_author(visit: _Visit, message: Body) -> Dropped | None:
    """It is ours, or from somebody who is not listened to."""
    me, bot = visit.me, message.get("bot_id")
    if message.get("user") == me.user or (bot and bot == me.bot) or (me.app and message.get("app_id") == me.app):
        return OWN
    if (bot or message.get("subtype") == "bot_message") and bot not in visit.ears.bots:
        return Dropped("other_bot")
    if _is_outsider(visit, message.get("user_team") or message.get("source_team") or message.get("team")):
        return Dropped("outsider")
    return None if message.get("user") or bot else NOT_FOR_US


def _if_for_us(
    visit: _Visit, conversation: str, message: Body, key: str, what: str, *, was: str = ""
) -> Knock | Dropped:
    """In a direct conversation everything is; in a channel only what calls the desk or belongs to a thread of its."""
    ts, thread = message["ts"], message.get("thread_ts") or message["ts"]
    lane = conversation if is_direct(conversation) else f"{conversation}:{thread}"
    text = message.get("text") or ""
    calls = mentions(text, visit.me.user) or mentions(was, visit.me.user)
    answers = message.get("parent_user_id") == visit.me.user
    if is_direct(conversation) or calls or answers or conversation in visit.ears.overheard:
        return visit.knock(key, lane, what)
    if thread == ts and what == "said":
        return NOT_FOR_US
    return visit.knock(key, lane, what, thread=(conversation, thread))


def _edit(visit: _Visit, event: Body) -> Knock | Dropped:
    message, before = event["message"], event.get("previous_message") or {}
    refused = _no_author(visit, message)
    if refused:
        return refused
    if message.get("subtype") == "tombstone":
        return _deletion(visit, {**event, "deleted_ts": message["ts"]})
    edited = (message.get("edited") or {}).get("ts")
    if not edited or message.get("text") == before.get("text", object()):
        return NOT_FOR_US  # only a preview was added, or the like
    key = f"{key_of(visit.me, event['channel'], message['ts'])}:edit:{edited}"
    return _if_for_us(visit, event["channel"], message, key, "edited", was=before.get("text") or "")


def _deletion(visit: _Visit, event: Body) -> Knock | Dropped:
    before = event.get("previous_message") or {}
    if before and (refused := _no_author(visit, before)) and refused is OWN:
        return refused
    ts = event.get("deleted_ts") or before["ts"]
    key = f"{key_of(visit.me, event['channel'], ts)}:gone"
    return _if_for_us(visit, event["channel"], {**before, "ts": ts}, key, "deleted")


def _reaction(visit: _Visit, event: Body) -> Knock | Dropped:
    item = event["item"]
    emoji = event["reaction"].partition("::")[0]  # without a skin tone
    if emoji != visit.ears.emoji or item.get("type") != "message" or event["user"] == visit.me.user:
        return NOT_FOR_US
    if event.get("item_user") == visit.me.user:
        return OWN
    spot = (item["channel"], item["ts"])
    key = f"slackpoint:{visit.me.team}:{spot[0]}:{spot[1]}:{event['user']}"
    return visit.knock(key, f"{spot[0]}:{spot[1]}", "reacted", about=spot)


def _shortcut(visit: _Visit) -> Knock | Dropped:
    user, message = visit.body["user"], visit.body["message"]
    if _is_outsider(visit, user.get("team_id")):
        return Dropped("outsider")
    if message.get("user") == visit.me.user or (message.get("bot_id") or object()) == visit.me.bot:
        return OWN
    conversation = visit.body["channel"]["id"]
    lane = f"{conversation}:{message.get('thread_ts') or message['ts']}"
    return visit.knock(f"slackshortcut:{visit.me.team}:{visit.body['trigger_id']}", lane, "pointed")


def _command(visit: _Visit) -> Knock | Dropped:
    trigger, user = visit.body["trigger_id"], visit.body["user_id"]
    return visit.knock(f"slackcommand:{visit.me.team}:{user}:{trigger}", user, "command")


def _press(visit: _Visit) -> Knock | Dropped:
    body, action = visit.body, visit.body["actions"][0]
    user, where = body["user"], body.get("container") or {}
    if _is_outsider(visit, user.get("team_id")):
        return Dropped("outsider")
    if not action.get("value"):
        return NOT_FOR_US
    on = where.get("message_ts") or where.get("view_id") or ""
    key = f"slackpress:{visit.me.team}:{user['id']}:{on}:{action['action_ts']}:{action.get('action_id', '')}"
    conversation = where.get("channel_id") or user["id"]
    lane = f"{conversation}:{where.get('thread_ts') or on}" if on and not is_direct(conversation) else conversation
    slim = {name: value for name, value in body.items() if name not in ("message", "state", "view")}
    return replace(visit, body=slim).knock(key, lane, "pressed")


def _submission(visit: _Visit) -> Knock | Dropped:
    """The same window is handed in once: a second press on its button, when the first answer came too late, is not a
    second deed."""
    body, view = visit.body, visit.body["view"]
    if _is_outsider(visit, body["user"].get("team_id")):
        return Dropped("outsider")
    return visit.knock(f"slackview:{visit.me.team}:{body['user']['id']}:{view['id']}", body["user"]["id"], "submitted")


def _whole(value: Any) -> Any:
    """The same, with all text in it fit for JSON, UTF-8 and SQLite."""
    match value:
        case str():
            return whole(value)
        case dict():
            return {whole(str(name)): _whole(one) for name, one in value.items()}
        case list():
            return [_whole(one) for one in value]
        case _:
            return value
