"""A Telegram of our own, as strict as the real one where it matters: the Bot API over real HTTP on this machine, with
faults to be switched on.

Updates as Telegram keeps them: `offset` confirms everything before it for ever, and nothing else does; of two who ask
at the same time the first is told of a conflict. HTML is read as Telegram reads it, and refused where it would be."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter, defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

Body = dict[str, Any]

TOKEN = "7000000001:AAcanary-token-that-must-never-be-logged"
BOT_ID = 7_000_000_001
USERNAME = "DeskbellTestBot"
HERE = "127.0.0.1"
MEI, BO = 501, 502
GROUP, FORUM = -1001, -1002
SENT_AT = 1_772_000_000


@dataclass(frozen=True, slots=True)
class Fault:
    """What a call is answered with instead. `after`: the call has had its effect all the same."""

    status: int = 400
    description: str = ""
    parameters: Mapping[str, Any] | None = None
    body: str | None = None
    drops: bool = False
    hangs_s: float = 0.0
    after: bool = False


@dataclass(slots=True)
class Call:
    """One call of the bot that was carried out or refused."""

    method: str
    asked: Body
    at_s: float
    status: int = 0


KNOWN: Mapping[str, frozenset[str]] = {
    method: frozenset(names.split())
    for method, names in {
        "getMe": "",
        "getUpdates": "offset limit timeout allowed_updates",
        "sendMessage": "chat_id message_thread_id text parse_mode entities link_preview_options disable_notification "
        "protect_content reply_parameters reply_markup",
        "editMessageText": "chat_id message_id text parse_mode entities link_preview_options reply_markup",
        "editMessageReplyMarkup": "chat_id message_id reply_markup",
        "answerCallbackQuery": "callback_query_id text show_alert url cache_time",
        "setMyCommands": "commands scope language_code",
        "getWebhookInfo": "",
        "setWebhook": "url ip_address max_connections allowed_updates drop_pending_updates secret_token",
        "deleteWebhook": "drop_pending_updates",
        "getChat": "chat_id",
    }.items()
}
"""The parameters of each method, from its own page (core.telegram.org/bots/api). Telegram passes over what it does not
know; here it is a mistake of ours."""


class Refused(Exception):
    """Telegram says no."""

    def __init__(self, status: int, description: str, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@dataclass(slots=True)
class Waiting:
    """Updates as they are kept on the server; `texts` are handed over as they are, whether they are JSON or not."""

    texts: dict[int, str] = field(default_factory=dict)
    confirmed: int = 0


class FakeTelegram:
    """The server. `url` is what the desk takes for `https://api.telegram.org`."""

    def __init__(self, *, keeps_limits: bool = False) -> None:
        self.keeps_limits = keeps_limits
        self.waiting = Waiting()
        self.asked: list[int] = []
        """The offset of each getUpdates."""
        self.handed_over: Counter[int] = Counter()
        self.calls: list[Call] = []
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.always: dict[str, Fault] = {}
        self.messages: dict[tuple[int, int], Body] = {}
        self.answers: list[Body] = []
        self.menus: dict[str, list[Body]] = {}
        self.webhook: Body = {}
        self.started: set[int] = {MEI}
        self.kicked_from: set[int] = set()
        self.migrated: dict[int, int] = {}
        self.token = TOKEN
        self.longest_poll_s = 0.25
        self.numbers = count(1)
        self._ids = count(100)
        self._queries = count(1)
        self._said: defaultdict[int, list[float]] = defaultdict(list)
        self._news = asyncio.Event()
        self._polls = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> FakeTelegram:
        app = web.Application(client_max_size=30_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._api)
        self._runner = web.AppRunner(app, shutdown_timeout=0.01, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HERE, 0)
        await site.start()
        self.url = f"http://{HERE}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Nobody answers any more."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # --- what people do ----------------------------------------------------------------------------------------------

    def push(self, happening: Body, number: int | None = None) -> int:
        """An update waits."""
        number = next(self.numbers) if number is None else number
        self.push_text(json.dumps({"update_id": number, **happening}), number)
        return number

    def push_text(self, text: str, number: int | None = None) -> int:
        """An update that is whatever this text is."""
        number = next(self.numbers) if number is None else number
        self.waiting.texts[number] = text
        self._news.set()
        return number

    def message(self, chat: int, user: int, text: str | None = None, **more: Any) -> Body:
        """A message of a person, as it stands in an update."""
        number = more.pop("message_id", None) or next(self._ids)
        said = {
            "message_id": number,
            "from": person(user),
            "chat": chat_of(chat, user),
            "date": SENT_AT + number,
            **({"text": text} if text is not None else {}),
            **more,
        }
        said.setdefault("entities", entities_of(text)) if text and entities_of(text) else None
        if chat == user:
            self.started.add(user)
        return said

    def say(self, chat: int, user: int, text: str | None = None, **more: Any) -> Body:
        """Somebody wrote; an update waits."""
        said = self.message(chat, user, text, **more)
        self.push({"message": said})
        return said

    def press(self, chat: int, message: int, user: int, data: str) -> str:
        """Somebody pressed a button; the id of the press."""
        query = f"q{next(self._queries)}"
        shown = self.messages[chat, message]
        self.push(
            {
                "callback_query": {
                    "id": query,
                    "from": person(user),
                    "message": shown,
                    "chat_instance": "1",
                    "data": data,
                }
            }
        )
        return query

    # --- what is seen ------------------------------------------------------------------------------------------------

    def shown(self, chat: int) -> list[Body]:
        """The messages of the desk in a chat, in their order."""
        return [said for (where, _), said in sorted(self.messages.items()) if where == chat]

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def refused(self) -> list[Call]:
        """The calls that Telegram did not take."""
        return [call for call in self.calls if call.status >= 400]

    # --- the API -----------------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        form = await request.post()
        asked = {name: _value(str(value)) for name, value in form.items()}
        call = Call(method, asked, asyncio.get_running_loop().time())
        self.calls.append(call)
        if request.match_info["token"] != self.token:
            call.status = 401
            return _no(Refused(401, "Unauthorized"))
        fault = self.faults[method].popleft() if self.faults[method] else self.always.get(method)
        if fault is None:
            return await self._carried_out(call, asked)
        if fault.after:
            await self._carried_out(call, asked)
        return await self._faulty(fault, request, call)

    async def _faulty(self, fault: Fault, request: web.Request, call: Call) -> web.StreamResponse:
        if fault.hangs_s:
            await asyncio.sleep(fault.hangs_s)
        if fault.drops and request.transport is not None:
            request.transport.close()
        call.status = fault.status
        if fault.body is not None:
            return web.Response(text=fault.body, status=fault.status)
        return _no(Refused(fault.status, fault.description, fault.parameters))

    async def _carried_out(self, call: Call, asked: Body) -> web.StreamResponse:
        try:
            handler = getattr(self, f"_do_{call.method}", None)
            if handler is None:
                raise Refused(404, "Not Found")
            if unknown := set(asked) - KNOWN[call.method]:
                raise Refused(400, f"Bad Request: no such parameters: {sorted(unknown)}")
            result = await handler(asked)
        except Refused as no:
            call.status = no.status
            return _no(no)
        call.status = 200
        if isinstance(result, str):
            return web.Response(text=result, content_type="application/json")
        return web.json_response({"ok": True, "result": result})

    async def _do_getMe(self, _: Body) -> Body:
        return {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Deskbell",
            "username": USERNAME,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _do_getUpdates(self, asked: Body) -> str:
        """A list as text, so that one that is no JSON can stand in it."""
        if self.webhook.get("url"):
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self._polls += 1
        mine = self._polls
        self._news.set()  # whoever was waiting is told of the conflict
        offset = int(asked.get("offset", 0))
        self.asked.append(offset)
        for number in [number for number in self.waiting.texts if offset > 0 and number < offset]:
            del self.waiting.texts[number]
            self.waiting.confirmed = max(self.waiting.confirmed, number)
        until_s = asyncio.get_running_loop().time() + min(float(asked.get("timeout", 0)), self.longest_poll_s)
        while not self.waiting.texts and (left_s := until_s - asyncio.get_running_loop().time()) > 0:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), left_s)
            except TimeoutError:
                break
            if self._polls != mine:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        found = sorted(self.waiting.texts)[: int(asked.get("limit", 100))]
        self.handed_over.update(found)
        return '{"ok":true,"result":[' + ",".join(self.waiting.texts[number] for number in found) + "]}"

    async def _do_sendMessage(self, asked: Body) -> Body:
        chat = int(asked["chat_id"])
        self._reachable(chat)
        text, entities = self._text(asked)
        self._check_limits(chat)
        markup = _markup(asked.get("reply_markup"))
        number = next(self._ids)
        topic = asked.get("message_thread_id")
        said: Body = {
            "message_id": number,
            "from": {"id": BOT_ID, "is_bot": True, "first_name": "Deskbell", "username": USERNAME},
            "chat": chat_of(chat, chat),
            "date": SENT_AT + number,
            "text": text,
            "entities": entities,
            **({"message_thread_id": int(topic), "is_topic_message": True} if topic else {}),
            **({"reply_markup": markup} if markup and "inline_keyboard" in markup else {}),
        }
        self.messages[chat, number] = {**said, "_asked": asked}
        return said

    async def _do_editMessageText(self, asked: Body) -> Body:
        said = self._editable(asked)
        text, entities = self._text(asked)
        markup = _markup(asked.get("reply_markup"))
        if (said["text"], said["entities"], said.get("reply_markup") or {}) == (text, entities, markup):
            raise Refused(
                400, "Bad Request: message is not modified: specified new message content is exactly the same"
            )
        said |= {"text": text, "entities": entities, "edit_date": SENT_AT, "_asked": asked}
        _put_markup(said, markup)
        return _public(said)

    async def _do_editMessageReplyMarkup(self, asked: Body) -> Body:
        said = self._editable(asked)
        markup = _markup(asked.get("reply_markup"))
        if (said.get("reply_markup") or {}) == markup:
            raise Refused(400, "Bad Request: message is not modified")
        _put_markup(said, markup)
        return _public(said)

    async def _do_answerCallbackQuery(self, asked: Body) -> bool:
        if len(str(asked.get("text", ""))) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        if any(one["callback_query_id"] == asked["callback_query_id"] for one in self.answers):
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answers.append(asked)
        return True

    async def _do_setMyCommands(self, asked: Body) -> bool:
        commands = asked["commands"]
        if not all(re.fullmatch(r"[a-z0-9_]{1,32}", str(one["command"])) for one in commands):
            raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        if not all(1 <= len(one["description"]) <= 256 for one in commands):
            raise Refused(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        self.menus[str(asked.get("language_code", ""))] = commands
        return True

    async def _do_getWebhookInfo(self, _: Body) -> Body:
        return {
            "url": "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.waiting.texts),
            **self.webhook,
        }

    async def _do_setWebhook(self, asked: Body) -> bool:
        if not str(asked["url"]).startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = {"url": asked["url"], "_secret": asked.get("secret_token", "")}
        return True

    async def _do_deleteWebhook(self, asked: Body) -> bool:
        if str(asked.get("drop_pending_updates", "false")).lower() == "true":
            self.waiting.texts.clear()
        self.webhook = {}
        return True

    async def _do_getChat(self, asked: Body) -> Body:
        chat = int(asked["chat_id"])
        self._reachable(chat)
        return {**chat_of(chat, chat), "accent_color_id": 0, "max_reaction_count": 11}

    # --- its rules ---------------------------------------------------------------------------------------------------

    def _reachable(self, chat: int) -> None:
        if chat in self.migrated:
            to = self.migrated[chat]
            raise Refused(400, "Bad Request: group chat was upgraded to a supergroup chat", {"migrate_to_chat_id": to})
        if chat > 0 and chat not in self.started:
            raise Refused(403, "Forbidden: bot can't initiate conversation with a user")
        if chat in self.kicked_from:
            why = "bot was blocked by the user" if chat > 0 else "bot was kicked from the supergroup chat"
            raise Refused(403, f"Forbidden: {why}")

    def _editable(self, asked: Body) -> Body:
        chat = int(asked["chat_id"])
        self._reachable(chat)
        said = self.messages.get((chat, int(asked["message_id"])))
        if said is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if "force_reply" in _markup(said["_asked"].get("reply_markup")):
            raise Refused(400, "Bad Request: message can't be edited")
        if chat < 0:
            self._check_limits(chat)
        return said

    def _text(self, asked: Body) -> tuple[str, list[Body]]:
        text = str(asked.get("text", ""))
        if asked.get("parse_mode") == "HTML":
            text, entities = read_html(text)
        else:
            entities = []
        stripped = text.strip()
        if not stripped:
            raise Refused(400, "Bad Request: message text is empty")
        if units(stripped) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        return stripped, entities

    def _check_limits(self, chat: int) -> None:
        """One a second into one chat, twenty a minute into a group, thirty a second in all; a little less strict, as
        what leaves us evenly does not arrive so."""
        now_s = asyncio.get_running_loop().time()
        if self.keeps_limits:
            lately = [at for at in self._said[chat] if now_s - at < 60]
            everybody = [at for said in self._said.values() for at in said if now_s - at < 0.7]
            too_soon = bool(lately) and now_s - lately[-1] < 0.7
            if too_soon or (chat < 0 and len(lately) >= 20) or len(everybody) >= 30:
                raise Refused(429, "Too Many Requests: retry after 3", {"retry_after": 3})
        self._said[chat].append(now_s)


# --- how Telegram reads --------------------------------------------------------------------------------------------

TAGS = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ins",
    "s",
    "strike",
    "del",
    "code",
    "pre",
    "a",
    "blockquote",
    "tg-spoiler",
    "span",
}
_TAG = re.compile(r"<(?P<end>/)?(?P<name>[a-zA-Z-]+)(?P<rest>(?:\s+[a-z-]+(?:=\"[^\"<>]*\")?)*)\s*>")
_ENTITY = re.compile(r"&(?:(?P<name>lt|gt|amp|quot)|#(?P<dec>\d{1,7})|#x(?P<hex>[0-9a-fA-F]{1,6}));")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}


def read_html(text: str) -> tuple[str, list[Body]]:
    """The text and its entities. Raises Refused as Telegram does, and besides for a `&` or `>` that was not escaped."""
    out: list[str] = []
    open_tags: list[tuple[str, str, int]] = []
    entities: list[Body] = []
    at = 0
    while at < len(text):
        sign = text[at]
        if sign == "<":
            tag = _TAG.match(text, at)
            if tag is None:
                raise Refused(400, f"Bad Request: can't parse entities: Unsupported start tag at byte offset {at}")
            _take_tag(tag, out, open_tags, entities)
            at = tag.end()
        elif sign == "&":
            entity = _ENTITY.match(text, at)
            if entity is None:
                raise Refused(400, f"Bad Request: can't parse entities: a bare & at byte offset {at}")
            out.append(_signed(entity))
            at = entity.end()
        elif sign == ">":
            raise Refused(400, f"Bad Request: can't parse entities: a bare > at byte offset {at}")
        else:
            out.append(sign)
            at += 1
    if open_tags:
        raise Refused(400, f"Bad Request: can't parse entities: Can't find end tag of {open_tags[-1][0]}")
    return "".join(out), entities


def _take_tag(tag: re.Match[str], out: list[str], open_tags: list[tuple[str, str, int]], entities: list[Body]) -> None:
    name, rest, here = tag["name"].lower(), tag["rest"].strip(), units("".join(out))
    if name not in TAGS:
        raise Refused(400, f'Bad Request: can\'t parse entities: Unsupported start tag "{name}"')
    if not tag["end"]:
        allowed = {"a": "href=", "blockquote": "expandable", "span": 'class="tg-spoiler"'}.get(name)
        if rest and not (allowed and rest.startswith(allowed)):
            raise Refused(400, f'Bad Request: can\'t parse entities: bad attribute of tag "{name}"')
        if name == "blockquote" and any(one[0] == "blockquote" for one in open_tags):
            raise Refused(400, "Bad Request: can't parse entities: blockquotes cannot be nested")
        open_tags.append((name, rest, here))
        return
    if not open_tags or open_tags[-1][0] != name:
        raise Refused(400, f'Bad Request: can\'t parse entities: Unmatched end tag "{name}"')
    kind, attributes, start = open_tags.pop()
    if here > start:
        entities.append({"type": _kind(kind, attributes), "offset": start, "length": here - start})


def _kind(name: str, attributes: str) -> str:
    if name == "a":
        return "text_mention" if 'href="tg://user?id=' in attributes else "text_link"
    return {"b": "bold", "i": "italic"}.get(name, f"{name} {attributes}".strip())


def _signed(entity: re.Match[str]) -> str:
    if entity["name"]:
        return _NAMED[entity["name"]]
    code = int(entity["dec"]) if entity["dec"] else int(entity["hex"], 16)
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise Refused(400, "Bad Request: can't parse entities: a bad number")
    return chr(code)


def units(text: str) -> int:
    """UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


# --- people and places ---------------------------------------------------------------------------------------------


def person(user: int, **more: Any) -> Body:
    """A user."""
    names = {MEI: "Mei", BO: "Bo"}
    return {"id": user, "is_bot": False, "first_name": names.get(user, f"User {user}"), "language_code": "en", **more}


def chat_of(chat: int, user: int) -> Body:
    """A chat: private when it has the number of a person."""
    if chat > 0:
        return {"id": chat, "type": "private", "first_name": person(user)["first_name"]}
    return {"id": chat, "type": "supergroup", "title": "IT", **({"is_forum": True} if chat == FORUM else {})}


def entities_of(text: str | None) -> list[Body]:
    """What Telegram marks by itself: commands and mentions."""
    found = []
    for match in re.finditer(r"(?:^|(?<=\s))(/\w+(?:@\w+)?|@\w{3,})", text or "", re.ASCII):
        kind = "bot_command" if match[1].startswith("/") else "mention"
        found.append({"type": kind, "offset": units((text or "")[: match.start(1)]), "length": units(match[1])})
    return found


def _value(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, dict | list) else text


def _markup(markup: Any) -> Body:
    """The buttons. Raises Refused for what Telegram would not show."""
    if not markup:
        return {}
    if not isinstance(markup, dict):
        raise Refused(400, "Bad Request: object expected as reply markup")
    buttons = [button for row in markup.get("inline_keyboard", ()) for button in row]
    if len(buttons) > 100:
        raise Refused(400, "Bad Request: reply markup is too long")
    for button in buttons:
        if not button["text"].strip() or set(button) - {"text", "callback_data", "style"}:
            raise Refused(400, "Bad Request: can't parse inline keyboard button")
        if not 1 <= len(button["callback_data"].encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        if button.get("style", "primary") not in ("primary", "danger", "success"):
            raise Refused(400, "Bad Request: can't parse inline keyboard button: bad style")
    return markup if buttons or "force_reply" in markup else {}


def _put_markup(said: Body, markup: Body) -> None:
    said.pop("reply_markup", None)
    if markup:
        said["reply_markup"] = markup


def _public(said: Body) -> Body:
    return {name: value for name, value in said.items() if not name.startswith("_")}


def _no(no: Refused) -> web.Response:
    body: Body = {"ok": False, "error_code": no.status, "description": no.description}
    return web.json_response(
        body | ({"parameters": no.parameters} if no.parameters is not None else {}), status=no.status
    )
