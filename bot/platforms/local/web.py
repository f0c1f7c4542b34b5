"""The local chat in the browser, and the small HTTP API under it (`docs/local-chat.md`)."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from bot.chat.port import Intake, RawIncoming
from bot.platforms.local import knock
from bot.platforms.local.asking import (
    Trouble,
    answers_in,
    body_of,
    duration_in,
    key_in,
    maybe_text_in,
    number_in,
    speed_in,
    text_in,
    wish_in,
)
from bot.platforms.local.guard import Guard
from bot.platforms.local.street import DESK, PAGE, Inhabitant, Language, Place, Street, direct, message_id
from bot.platforms.local.words import LANGUAGES, catalogue, language_of, sentence
from bot.services import failpoint
from bot.services.transcript import Body, Posted

KEPT_NOT_SHOWN = failpoint.declare("local.kept_not_shown")

HERE = Path(__file__).parent
HIGHEST = 2**62
LONGEST_WAIT_S = 60
BEAT = timedelta(seconds=15)


class StreetClock(Protocol):
    """The desk's time; a demonstration's can be moved."""

    @property
    def speed(self) -> float:
        """How many times faster than the real time."""

    @property
    def can_move(self) -> bool:
        """Whether the three below do anything."""

    def now(self) -> datetime:
        """The desk's time."""

    def set_speed(self, speed: float) -> None:
        """The time runs at this speed from now on."""

    async def jump_to_next(self) -> datetime | None:
        """It is the moment of the next thing that will happen; None when nothing will."""

    async def jump(self, by: timedelta) -> None:
        """It is later by this much."""


def build(
    street: Street, intake: Intake, clock: StreetClock, *, key: str | None = None, more: Sequence[BaseRoute] = ()
) -> Starlette:
    """The application. With a `key`, only who shows it gets in. `more`: what the house shows beside the street."""
    web = Web(street, intake, clock)
    return Starlette(
        routes=[*more, *web.routes()],
        middleware=[Middleware(Guard, key=key, refuse=web.refuse)],
        exception_handlers={Trouble: web.trouble, HTTPException: web.no_such_thing, Exception: web.not_done},
    )


class Web:
    """The routes. A 200 to a deed means that it is on the disk."""

    def __init__(self, street: Street, intake: Intake, clock: StreetClock) -> None:
        self._street = street
        self._intake = intake
        self._clock = clock
        self._templates = Jinja2Templates(directory=HERE / "templates")

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/", self.page),
            Route("/health", self.health),
            Route("/api/people", self.people),
            Route("/api/places", self.places),
            Route("/api/messages", self.messages),
            Route("/api/live", self.live),
            Route("/api/say", self.say, methods=["POST"]),
            Route("/api/press", self.press, methods=["POST"]),
            Route("/api/submit", self.submit, methods=["POST"]),
            Route("/api/clock", self.clock),
            Route("/api/clock", self.move_clock, methods=["POST"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]

    async def page(self, request: Request) -> Response:
        words = {language: catalogue(language)["page"] for language in LANGUAGES}
        language = language_of(request.headers.get("accept-language", ""))
        return self._templates.TemplateResponse(
            request, "index.html", {"words": words, "language": language, "page": words[language]}
        )

    async def health(self, _: Request) -> Response:
        """That it answers; a house behind it says more at the same place."""
        return JSONResponse({"ok": True})

    async def people(self, request: Request) -> Response:
        everyone = self._street.inhabitants.values()
        return JSONResponse({"people": [_person_json(one) for one in everyone]})

    async def places(self, request: Request) -> Response:
        me = self._reader(request)
        return JSONResponse({"places": [await self._place_json(me, one) for one in self._mine(me)]})

    async def messages(self, request: Request) -> Response:
        me = self._reader(request)
        places = self._places_asked(request, me)
        limit = number_in(request, "limit", PAGE) or PAGE
        after = number_in(request, "after", HIGHEST)
        if after is None:
            older = number_in(request, "before", HIGHEST)
            found = await self._street.before(me.id, older, places, limit)
        elif wait := number_in(request, "wait", LONGEST_WAIT_S):
            found = (await self._street.wait(me.id, after, places, timedelta(seconds=wait)))[:limit]
        else:
            found = await self._street.since(me.id, after, places, limit)
        seen = max((posted.version for posted in found), default=after or 0)
        return JSONResponse({"messages": [_message_json(posted) for posted in found], "after": seen})

    async def live(self, request: Request) -> Response:
        me = self._reader(request)
        again = request.headers.get("last-event-id", "")
        after = int(again) if again.isdecimal() else number_in(request, "after", HIGHEST) or 0
        watched = [one for one in request.query_params.get("watch", "").split(",") if one]
        return StreamingResponse(self._events(me, after, watched), media_type="text/event-stream")

    async def say(self, request: Request) -> Response:
        body = await body_of(request)
        me = self._doer(request, body)
        place = self._place_in(me, text_in(body, "place"))
        text = text_in(body, "text")
        answered = await self._message_if(me, maybe_text_in(body, "reply_to"))
        deed = self._deed(me, place.id, body)
        message = message_id(deed.message_key)
        is_for_desk = knock.is_for_desk(place, text, answers_desk=bool(answered and answered.author == DESK))
        reply_to = answered.id if answered else None
        kept = await self._keep(
            deed, knock.said(deed, text, message=message, is_for_desk=is_for_desk, reply_to=reply_to)
        )
        failpoint.hit(KEPT_NOT_SHOWN)
        shown = {"text": text} | ({"reply_to": reply_to} if reply_to else {})
        await self._street.post(place.id, me.id, shown, key=deed.message_key)
        return JSONResponse(kept | {"message": message})

    async def press(self, request: Request) -> Response:
        body = await body_of(request)
        me = self._doer(request, body)
        wish = wish_in(body)
        pressed = await self._message_in(me, text_in(body, "message"))
        deed = self._deed(me, pressed.place, body)
        return JSONResponse(await self._keep(deed, knock.pressed(deed, wish, message=pressed.id)))

    async def submit(self, request: Request) -> Response:
        body = await body_of(request)
        me = self._doer(request, body)
        wish = wish_in(body)
        answers = answers_in(body)
        form = await self._message_if(me, maybe_text_in(body, "message"))
        deed = self._deed(me, form.place if form else direct(me.id), body)
        kept = await self._keep(deed, knock.submitted(deed, wish, answers))
        if form and "form" in form.body:
            await self._street.edit(form.id, form.body | {"answered": True})
        return JSONResponse(kept)

    async def clock(self, request: Request) -> Response:
        return JSONResponse(self._clock_json())

    async def move_clock(self, request: Request) -> Response:
        body = await body_of(request)
        if not self._clock.can_move:
            raise Trouble(409, "clock_fixed")
        moved = await self._move(speed_in(body), maybe_text_in(body, "jump"))
        self._street.ring()
        return JSONResponse(self._clock_json() | {"moved": moved})

    async def refuse(self, request: Request, why: str) -> Response:
        if why == "key" and request.url.path == "/":
            language = language_of(request.headers.get("accept-language", ""))
            words = {"page": catalogue(language)["page"], "language": language}
            return self._templates.TemplateResponse(request, "locked.html", words, status_code=401)
        return self._sorry(request, Trouble(401 if why == "key" else 403, f"wrong_{why}"))

    async def trouble(self, request: Request, fault: Exception) -> Response:
        return self._sorry(request, cast(Trouble, fault))

    async def no_such_thing(self, request: Request, fault: Exception) -> Response:
        status = cast(HTTPException, fault).status_code
        return self._sorry(request, Trouble(status, "wrong_method" if status == 405 else "nothing_here"))

    async def not_done(self, request: Request, fault: Exception) -> Response:
        """Starlette raises the fault again after this answer, so that it reaches the log."""
        return self._sorry(request, Trouble(500, "not_kept"))

    def _sorry(self, request: Request, trouble: Trouble) -> Response:
        language = self._language(request)
        words = sentence(language, trouble.code, **trouble.facts)
        return JSONResponse({"error": words, "code": trouble.code}, status_code=trouble.status)

    def _language(self, request: Request) -> Language:
        person = getattr(request.state, "doer", None)
        return person.language if person else language_of(request.headers.get("accept-language", ""))

    def _reader(self, request: Request) -> Inhabitant:
        return self._person(request, request.query_params.get("as"))

    def _doer(self, request: Request, body: Body) -> Inhabitant:
        return self._person(request, body.get("as"))

    def _person(self, request: Request, name: object) -> Inhabitant:
        if not isinstance(name, str) or not name:
            raise Trouble(400, "person_missing")
        person = self._street.inhabitants.get(name)
        if person is None:
            raise Trouble(404, "person_unknown", name=_short(name))
        request.state.doer = person
        return person

    def _mine(self, me: Inhabitant) -> list[Place]:
        return self._street.places_of(me.id)

    def _place_in(self, me: Inhabitant, name: str) -> Place:
        mine = {place.id: place for place in self._mine(me)}
        if name not in mine:
            raise Trouble(404, "place_unknown", name=_short(name), places=", ".join(mine))
        return mine[name]

    def _places_asked(self, request: Request, me: Inhabitant) -> list[str]:
        name = request.query_params.get("place")
        return [self._place_in(me, name).id] if name else [place.id for place in self._mine(me)]

    async def _message_if(self, me: Inhabitant, message: str | None) -> Posted | None:
        return await self._message_in(me, message) if message else None

    async def _message_in(self, me: Inhabitant, message: str) -> Posted:
        found = await self._street.seen(message, me.id)
        if found is None:
            raise Trouble(404, "message_unknown")
        return found

    def _deed(self, me: Inhabitant, place: str, body: Body) -> knock.Deed:
        return knock.Deed(me.id, place, self._clock.now(), key_in(body) or secrets.token_urlsafe(16))

    async def _keep(self, deed: knock.Deed, raw: RawIncoming) -> Body:
        is_new = await self._intake.keep(raw)
        return {"key": deed.key, "kept": True, "again": not is_new}

    async def _move(self, speed: float | None, jump: str | None) -> bool:
        if speed is not None:
            self._clock.set_speed(speed)
            return True
        if jump == "next":
            return await self._clock.jump_to_next() is not None
        if jump is not None:
            await self._clock.jump(duration_in(jump))
            return True
        raise Trouble(400, "move_unclear")

    async def _events(self, me: Inhabitant, after: int, watched: list[str]) -> AsyncIterator[str]:
        told: set[tuple[str, str, int]] = set()
        places = [place.id for place in self._mine(me)]
        yield "retry: 1000\n" + _event("clock", self._clock_json()) + self._stirs(watched, told)
        async with aclosing(self._street.follow(me.id, after, places, BEAT, watched)) as pages:
            async for page in pages:
                messages = "".join(_event("message", _message_json(one), one.version) for one in page)
                clock = "" if page else _event("clock", self._clock_json())
                yield messages + clock + self._stirs(watched, told)

    def _stirs(self, watched: list[str], told: set[tuple[str, str, int]]) -> str:
        """That there is something new for somebody else, not what it is."""
        known = {(one, place, seq) for one in watched for place, seq in self._street.news_of(one).items()}
        fresh = sorted(known - told)
        told.clear()
        told |= known
        return "".join(_event("stir", {"person": person, "place": place, "seq": seq}) for person, place, seq in fresh)

    def _clock_json(self) -> Body:
        clock = self._clock
        return {"now": clock.now().isoformat(), "speed": clock.speed, "can_move": clock.can_move}

    async def _place_json(self, me: Inhabitant, place: Place) -> Body:
        last = await self._street.before(me.id, None, [place.id], 1)
        return {
            "id": place.id,
            "name": place.name,
            "kind": place.kind,
            "members": list(place.members),
            "last": _message_json(last[0]) if last else None,
        }


def _person_json(person: Inhabitant) -> Body:
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "language": person.language,
        "zone": person.zone.key,
        "initials": person.initials or person.name[:1],
        "colour": person.colour,
        "examples": list(person.examples),
    }


def _message_json(posted: Posted) -> Body:
    return {
        "seq": posted.seq,
        "version": posted.version,
        "id": posted.id,
        "place": posted.place,
        "author": posted.author,
        "at": posted.at.isoformat(),
        "edited_at": posted.edited_at.isoformat() if posted.edited_at else None,
        "only_you": posted.only is not None,
        **posted.body,
    }


def _event(name: str, content: Body, number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"{name[:60]}…"
