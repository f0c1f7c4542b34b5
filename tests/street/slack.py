"""A Slack of our own, as strict as the real one where it matters: Web API, Socket Mode and history over real HTTP and
WebSockets on this machine, with faults to be switched on.

Socket Mode as Slack does it: a connection ticket counts once; each event goes to one of the connections; what is not
acknowledged comes again with `retry_attempt`; interactions come once."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

Body = dict[str, Any]

TEAM, BOT_USER, BOT, APP = "T0HOME", "U0DESK", "B0DESK", "A0DESK"
BOT_TOKEN, APP_TOKEN = "xoxb-canary-bot-token", f"xapp-1-{APP}-canary-app-token"
SCOPES = "chat:write,im:history,im:read,im:write,commands,channels:history,groups:history,reactions:read,users:read"
HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Fault:
    """What a call is answered with instead. `after`: the call has had its effect all the same."""

    error: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drops: bool = False
    hangs_s: float = 0.0
    after: bool = False


@dataclass(slots=True)
class Connection:
    """One WebSocket. A deaf one answers pings and brings no events."""

    socket: web.WebSocketResponse
    is_deaf: bool = False


@dataclass(slots=True)
class Delivery:
    """One envelope, and how often it was handed over until somebody said "got it"."""

    envelope: Body
    acked: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Body | None = None
    handed_over: int = 0

    async def got_it(self, within_s: float = 3.0) -> None:
        """The desk has acknowledged it."""
        await asyncio.wait_for(self.acked.wait(), within_s)


class FakeSlack:
    """The server. `url` is what the desk takes for `https://slack.com/api/`."""

    def __init__(self, *, retry_after_s: tuple[float, ...] = (0.05, 0.1, 0.2)) -> None:
        self.retry_after_s = retry_after_s
        self.messages: defaultdict[str, list[Body]] = defaultdict(list)
        self.ephemerals: list[Body] = []
        self.views: list[Body] = []
        self.homes: dict[str, Body] = {}
        self.calls: list[tuple[str, Body]] = []
        self.faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.connections: list[Connection] = []
        self.tickets: set[str] = set()
        self.dead_tickets = 0
        self.ticket_tries: list[str] = []
        self.revoked = False
        self.archived: set[str] = set()
        self.scopes = SCOPES
        self.loses: Callable[[Body], bool] = lambda _: False
        self.triggers: set[str] = set()
        self.directs: dict[str, str] = {}
        self.max_open = 10
        self._numbers = count(1)
        self._turn = 0
        self._clock_s = 1_772_000_000
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting: dict[str, Delivery] = {}
        self._runner: web.AppRunner | None = None
        self.url = ""

    # --- opened and closed -------------------------------------------------------------------------------------------

    async def __aenter__(self) -> FakeSlack:
        app = web.Application()
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HERE, 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://{HERE}:{port}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in tuple(self.connections):
            await connection.socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what people do ----------------------------------------------------------------------------------------------

    def direct(self, user: str) -> str:
        """The conversation of the desk with this user."""
        return self.directs.setdefault(user, f"D{user[1:]}")

    def ts(self) -> str:
        """A new name for a message; later ones are greater."""
        number = next(self._numbers)
        return f"{self._clock_s + number}.{number:06d}"

    def write(self, conversation: str, user: str, text: str, **more: Any) -> Body:
        """Somebody wrote; nobody is told."""
        ts = more.pop("ts", None) or self.ts()
        message = {"type": "message", "user": user, "text": text, "ts": ts, "team": TEAM, **more}
        thread = message.get("thread_ts")
        parent = next((one for one in self.messages[conversation] if one["ts"] == thread), None)
        if parent is not None:
            parent["reply_count"] = parent.get("reply_count", 0) + 1
            parent["latest_reply"] = ts
            message["parent_user_id"] = parent.get("user", "")
        self.messages[conversation].append(message)
        return message

    async def say(self, conversation: str, user: str, text: str, **more: Any) -> Delivery:
        """Somebody wrote, and the desk is told, unless this Slack loses it."""
        message = self.write(conversation, user, text, **more)
        return self.deliver(self.event({**message, "channel": conversation}))

    def event(self, event: Body, **more: Any) -> Body:
        """An event as the Events API wraps it."""
        return {
            "type": "event_callback",
            "token": "verification-canary",
            "team_id": TEAM,
            "api_app_id": APP,
            "event_id": f"Ev{next(self._numbers)}",
            "event_time": self._clock_s,
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": {"event_ts": event.get("ts", self.ts()), **event},
            **more,
        }

    def press(self, user: str, conversation: str, ts: str, wish: str, **more: Any) -> Body:
        """A press on a button."""
        trigger = self.trigger()
        where = {"type": "message", "message_ts": ts, "channel_id": conversation, "is_ephemeral": False}
        return {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user, "team_id": TEAM},
            "api_app_id": APP,
            "trigger_id": trigger,
            "response_url": "https://hooks.example/canary-response-url",
            "container": where,
            "channel": {"id": conversation},
            "actions": [{"type": "button", "action_id": "desk.0.0", "value": wish, "action_ts": self.ts()}],
            **more,
        }

    def command(self, user: str, text: str, conversation: str = "C0GENERAL", **more: Any) -> Body:
        """A slash command."""
        return {
            "command": "/desk",
            "text": text,
            "token": "verification-canary",
            "team_id": TEAM,
            "api_app_id": APP,
            "user_id": user,
            "channel_id": conversation,
            "trigger_id": self.trigger(),
            "response_url": "https://hooks.example/canary-response-url",
            **more,
        }

    def submission(self, user: str, view: Body, answers: Mapping[str, str], **more: Any) -> Body:
        """A window handed in with these answers."""
        values = {name: {"answer": {"type": "plain_text_input", "value": value}} for name, value in answers.items()}
        seen = {**view, "id": view.get("id", "V1"), "hash": "1772000000.abc", "state": {"values": values}}
        return {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": user, "team_id": TEAM},
            "api_app_id": APP,
            "trigger_id": self.trigger(),
            "view": seen,
            **more,
        }

    def trigger(self) -> str:
        """A trigger that opens one window."""
        trigger = f"{next(self._numbers)}.{next(self._numbers)}.abcdef"
        self.triggers.add(trigger)
        return trigger

    # --- Socket Mode -------------------------------------------------------------------------------------------------

    def deliver(self, payload: Body, kind: str = "events_api") -> Delivery:
        """The desk is told: at once, and for events again until it says "got it"."""
        envelope = {
            "type": kind,
            "envelope_id": f"E{next(self._numbers)}",
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
            "retry_attempt": 0,
            "retry_reason": "",
        }
        delivery = Delivery(envelope)
        if not self.loses(payload):
            task = asyncio.create_task(self._hand_over(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return delivery

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """Slack asks the oldest connection to come back, and closes it."""
        if self.connections:
            connection = self.connections.pop(0)
            await connection.socket.send_json({"type": "disconnect", "reason": reason})
            await connection.socket.close()

    def cut(self) -> None:
        """All connections are gone without a word."""
        for connection in tuple(self.connections):
            transport = connection.socket._req.transport if connection.socket._req else None
            if transport is not None:
                transport.abort()
        self.connections.clear()

    async def _hand_over(self, delivery: Delivery) -> None:
        waits_s = self.retry_after_s if delivery.envelope["type"] == "events_api" else ()
        for attempt, wait_s in enumerate((*waits_s, None)):
            envelope = {**delivery.envelope, "retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
            connection = self._next_connection()
            if connection is not None and not connection.is_deaf:
                self._waiting[delivery.envelope["envelope_id"]] = delivery
                delivery.handed_over += 1
                with suppress(ConnectionError, RuntimeError):
                    await connection.socket.send_str(json.dumps(envelope))
            if wait_s is None:
                return
            try:
                await asyncio.wait_for(delivery.acked.wait(), wait_s)
                return
            except TimeoutError:
                continue

    def _next_connection(self) -> Connection | None:
        open_ones = [one for one in self.connections if not one.socket.closed]
        if not open_ones:
            return None
        self._turn += 1
        return open_ones[self._turn % len(open_ones)]

    async def _link(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        self.ticket_tries.append(ticket)
        if ticket not in self.tickets:
            return web.Response(status=408)
        self.tickets.discard(ticket)
        if len([one for one in self.connections if not one.socket.closed]) >= self.max_open:
            return web.Response(status=408)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        connection = Connection(socket)
        self.connections.append(connection)
        await socket.send_json({"type": "hello", "num_connections": len(self.connections)})
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acked(json.loads(message.data))
        if connection in self.connections:
            self.connections.remove(connection)
        return socket

    def _acked(self, said: Body) -> None:
        delivery = self._waiting.get(said.get("envelope_id", ""))
        if delivery is not None:
            delivery.answer = said.get("payload")
            delivery.acked.set()

    # --- Web API -----------------------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ") or arguments.get("token", "")
        fault = self.faults[method].popleft() if self.faults[method] else None
        if fault is not None and not fault.after:
            return await self._fail(request, fault)
        answer = self._answer(method, arguments, token)
        if fault is not None:
            return await self._fail(request, fault)
        return web.json_response(answer, headers={"x-oauth-scopes": self.scopes})

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hangs_s:
            await asyncio.sleep(fault.hangs_s)
        if fault.drops and request.transport is not None:
            request.transport.abort()
        body = {"ok": False, "error": fault.error} if fault.error else {"ok": False}
        return web.json_response(body, status=fault.status, headers=fault.headers)

    def _answer(self, method: str, arguments: Body, token: str) -> Body:
        wanted = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if self.revoked:
            return _no("token_revoked")
        if token != wanted:
            return _no("invalid_auth")
        handler = _METHODS.get(method)
        return handler(self, arguments) if handler else _no("unknown_method")

    def _auth_test(self, _: Body) -> Body:
        return _yes(team_id=TEAM, user_id=BOT_USER, bot_id=BOT, url="https://home.slack.example/", team="Home")

    def _bots_info(self, _: Body) -> Body:
        return _yes(bot={"id": BOT, "app_id": APP})

    def _connections_open(self, _: Body) -> Body:
        ticket = f"canary-ticket-{next(self._numbers)}"
        if self.dead_tickets:
            self.dead_tickets -= 1
        else:
            self.tickets.add(ticket)
        return _yes(url=self.url.replace("http://", "ws://").removesuffix("api/") + f"link?ticket={ticket}")

    def _post(self, arguments: Body) -> Body:
        refused = self._refused(arguments)
        if refused:
            return _no(refused)
        conversation = arguments["channel"]
        more = {name: arguments[name] for name in ("blocks", "metadata", "thread_ts") if arguments.get(name)}
        message = self.write(conversation, BOT_USER, arguments["text"], bot_id=BOT, app_id=APP, **more)
        self.deliver(self.event({**message, "channel": conversation}))
        return _yes(channel=conversation, ts=message["ts"], message=message)

    def _update(self, arguments: Body) -> Body:
        refused = self._refused(arguments)
        if refused:
            return _no(refused)
        conversation = arguments["channel"]
        found = next((one for one in self.messages[conversation] if one["ts"] == arguments["ts"]), None)
        if found is None:
            return _no("message_not_found")
        if found["user"] != BOT_USER:
            return _no("cant_update_message")
        before = dict(found)
        found.update(text=arguments["text"], blocks=arguments.get("blocks", []))
        found["edited"] = {"user": BOT_USER, "ts": self.ts()}
        changed = {"type": "message", "subtype": "message_changed", "channel": conversation, "message": dict(found)}
        self.deliver(self.event({**changed, "previous_message": before, "ts": self.ts()}))
        return _yes(channel=conversation, ts=found["ts"])

    def _ephemeral(self, arguments: Body) -> Body:
        refused = self._refused(arguments)
        if refused:
            return _no(refused)
        self.ephemerals.append(arguments)
        return _yes(message_ts=self.ts())

    def _refused(self, arguments: Body) -> str:
        conversation = arguments.get("channel", "")
        if conversation in self.archived:
            return "is_archived"
        if not conversation or conversation[0] not in "CGD" or conversation == "C0UNKNOWN":
            return "channel_not_found"
        return _misshapen(arguments)

    def _open(self, arguments: Body) -> Body:
        user = arguments["users"]
        if user == "U0GONE":
            return _no("user_disabled")
        return _yes(channel={"id": self.direct(user)})

    def _list(self, _: Body) -> Body:
        return _yes(channels=[{"id": one, "is_im": True, "user": user} for user, one in self.directs.items()])

    def _history(self, arguments: Body) -> Body:
        found = [one for one in self.messages[arguments["channel"]] if one.get("thread_ts") in (None, one["ts"])]
        return _paged(found, arguments)

    def _replies(self, arguments: Body) -> Body:
        said = self.messages[arguments["channel"]]
        if not any(one["ts"] == arguments["ts"] for one in said):
            return _no("thread_not_found")
        found = [one for one in said if arguments["ts"] in (one["ts"], one.get("thread_ts"))]
        return _paged(found, arguments)

    def _view_open(self, arguments: Body) -> Body:
        if arguments["trigger_id"] not in self.triggers:
            return _no("expired_trigger_id")
        self.triggers.discard(arguments["trigger_id"])
        view = _view(arguments["view"]) | {"id": f"V{next(self._numbers)}"}
        self.views.append(view)
        return _yes(view=view)

    def _view_publish(self, arguments: Body) -> Body:
        self.homes[arguments["user_id"]] = _view(arguments["view"])
        return _yes(view={})

    def _permalink(self, arguments: Body) -> Body:
        return _yes(permalink=f"https://home.slack.example/archives/{arguments['channel']}/p{arguments['message_ts']}")

    def _user(self, arguments: Body) -> Body:
        return _yes(user={"id": arguments["user"], "profile": {"display_name": f"Name of {arguments['user']}"}})


def _yes(**more: Any) -> Body:
    return {"ok": True, **more}


def _no(error: str) -> Body:
    return {"ok": False, "error": error}


def _view(view: Any) -> Body:
    read: Body = json.loads(view) if isinstance(view, str) else view
    return read


def _misshapen(arguments: Body) -> str:
    """Slack's own rules for the shape of a message, as far as they are known."""
    blocks = arguments.get("blocks") or []
    if len(blocks) > 50:
        return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > 13_200:
        return "msg_blocks_too_long"
    if not arguments.get("text") and not blocks:
        return "no_text"
    return "msg_too_long" if len(arguments.get("text", "")) > 40_000 else ""


def _paged(found: list[Body], arguments: Body) -> Body:
    """Newest first in pages, as the history comes; `oldest` and `latest` count when `inclusive`."""
    oldest, latest = arguments.get("oldest", "0"), arguments.get("latest", "9999999999")
    inclusive = str(arguments.get("inclusive", "0")) in ("1", "true", "True")
    rows = [one for one in found if (oldest < one["ts"] < latest) or (inclusive and one["ts"] in (oldest, latest))]
    rows.sort(key=lambda one: str(one["ts"]), reverse=True)
    if str(arguments.get("include_all_metadata", "0")) not in ("1", "true", "True"):
        rows = [{name: value for name, value in one.items() if name != "metadata"} for one in rows]
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit", 100))
    more = start + limit < len(rows)
    page = [dict(one) for one in rows[start : start + limit]]
    return _yes(messages=page, has_more=more, response_metadata={"next_cursor": str(start + limit) if more else ""})


async def _arguments(request: web.Request) -> Body:
    if request.content_type == "application/json":
        read: Body = await request.json()
        return read
    return {**request.query, **(await request.post())}


_METHODS: Mapping[str, Callable[[FakeSlack, Body], Body]] = {
    "auth.test": FakeSlack._auth_test,
    "bots.info": FakeSlack._bots_info,
    "apps.connections.open": FakeSlack._connections_open,
    "chat.postMessage": FakeSlack._post,
    "chat.update": FakeSlack._update,
    "chat.postEphemeral": FakeSlack._ephemeral,
    "chat.getPermalink": FakeSlack._permalink,
    "conversations.open": FakeSlack._open,
    "conversations.list": FakeSlack._list,
    "conversations.history": FakeSlack._history,
    "conversations.replies": FakeSlack._replies,
    "views.open": FakeSlack._view_open,
    "views.publish": FakeSlack._view_publish,
    "users.info": FakeSlack._user,
}
