"""What a script or the page sends: read strictly, and refused with a sentence that says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn

from starlette.requests import Request

from bot.chat.card import MAX_WISH_BYTES
from bot.platforms.local.whole import whole

MAX_BODY_BYTES = 1024 * 1024
MAX_KEY_CHARS = 200
MAX_ANSWERS = 100
LONGEST_JUMP = timedelta(days=366)
FASTEST = 3600

DURATION = re.compile(r"P(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?")


class Trouble(Exception):
    """A request that cannot be done: `code` finds the sentence, `facts` fill it in."""

    def __init__(self, status: int, code: str, **facts: object) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.facts = facts


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent. Raises Trouble."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Trouble(415, "not_json_type")
    try:
        found = json.loads(await _bytes_of(request), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as fault:
        raise Trouble(400, "not_json") from fault
    if not isinstance(found, dict):
        raise Trouble(400, "not_an_object")
    return found


def text_in(body: Mapping[str, Any], name: str) -> str:
    """A text that must be there and say something. Raises Trouble."""
    value = body.get(name)
    if not isinstance(value, str):
        raise Trouble(400, "text_missing", name=name)
    if not value.strip():
        raise Trouble(400, "text_empty", name=name)
    return whole(value)


def maybe_text_in(body: Mapping[str, Any], name: str) -> str | None:
    """A text that may be left out. Raises Trouble."""
    return text_in(body, name) if body.get(name) is not None else None


def key_in(body: Mapping[str, Any]) -> str | None:
    """The sender's own name for what he does. Raises Trouble."""
    key = maybe_text_in(body, "key")
    if key and len(key) > MAX_KEY_CHARS:
        raise Trouble(400, "key_too_long", limit=MAX_KEY_CHARS)
    return key


def wish_in(body: Mapping[str, Any]) -> str:
    """`verb:subject`. Raises Trouble."""
    wish = text_in(body, "wish")
    if len(wish.encode()) > MAX_WISH_BYTES:
        raise Trouble(400, "wish_too_long", limit=MAX_WISH_BYTES)
    return wish


def answers_in(body: Mapping[str, Any]) -> dict[str, str]:
    """The answers to a form: texts by the name of their field. Raises Trouble."""
    answers = body.get("answers")
    if not isinstance(answers, dict) or len(answers) > MAX_ANSWERS:
        raise Trouble(400, "answers_missing", limit=MAX_ANSWERS)
    if not all(isinstance(value, str) for value in answers.values()):
        raise Trouble(400, "answers_missing", limit=MAX_ANSWERS)
    return {whole(name): whole(value) for name, value in answers.items()}


def number_in(request: Request, name: str, highest: int) -> int | None:
    """A whole number in the query, from 0, taken as `highest` when it is above. Raises Trouble."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Trouble(400, "not_a_number", name=name)
    return min(int(text), highest)


def speed_in(body: Mapping[str, Any]) -> float | None:
    """How many times faster than the real time. Raises Trouble."""
    speed = body.get("speed")
    if speed is None:
        return None
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0 < speed <= FASTEST:
        raise Trouble(400, "speed_unclear", fastest=FASTEST)
    return float(speed)


def duration_in(text: str) -> timedelta:
    """An ISO 8601 duration of days, hours, minutes and seconds, longer than nothing. Raises Trouble."""
    parts = DURATION.fullmatch(text)
    if parts is None:
        raise Trouble(400, "jump_unclear")
    days, hours, minutes, seconds = (int(part or 0) for part in parts.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta() < length <= LONGEST_JUMP:
        raise Trouble(400, "jump_unclear")
    return length


async def _bytes_of(request: Request) -> bytes:
    found = bytearray()
    async for chunk in request.stream():
        found += chunk
        if len(found) > MAX_BODY_BYTES:
            raise Trouble(413, "body_too_big", limit=MAX_BODY_BYTES)
    return bytes(found)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
