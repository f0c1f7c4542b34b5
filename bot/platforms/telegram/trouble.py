"""What went wrong at Telegram, in the words of the port: not processed, outcome unknown, or never.

Telegram names its faults in prose only; the sentences are those of its open server (github.com/tdlib)."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.chat.port import Undelivered
from bot.platforms.telegram.places import address

UNSAID_WAIT = timedelta(seconds=30)
"""When Telegram asks us to wait and does not say how long."""
LONGEST_WAIT = timedelta(hours=1)
TOKEN_WAIT = timedelta(seconds=30)
"""A token that is not accepted may be accepted again: somebody is mending it."""

FAULTS = (TelegramError, TimeoutError, RuntimeError, KeyError, TypeError, AttributeError, ValueError)
"""What a call can raise; the last ones when the library cannot read an answer of 200."""

NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)

SAME = "message is not modified"
TOPIC_GONE = ("message thread not found", "topic_deleted", "topic_closed")
GONE = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
    "message identifier is not specified",
)
"""The message to edit is not there any more, or must not be edited."""

MISSHAPEN = (
    "can't parse entities",
    "can't parse message text",
    "can't parse inline keyboard",
    "can't parse reply",
    "message is too long",
    "message_too_long",
    "message text is empty",
    "message must be non-empty",
    "text must be encoded in utf-8",
    "strings must be encoded in utf-8",
    "entities_too_long",
    "entity_bounds_invalid",
    "button_data_invalid",
    "button_invalid",
    "button_user_invalid",
    "button_user_privacy_restricted",
    "reply_markup_invalid",
    "reply_markup_too_long",
    "reply markup is too long",
    "object expected as reply markup",
    "text buttons are unallowed",
)
"""Telegram refuses the shape of what we sent; it has not been processed."""

REFUSED_HERE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_id_invalid",
    "chat_id_invalid",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "channel_private",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "user_is_blocked",
    "user_deactivated",
    "input_user_deactivated",
    "user is deactivated",
    "group chat was deactivated",
    "group chat was upgraded to a supergroup",
    "bot was kicked",
    "bot is not a member",
    "chat is deactivated",
    "topic_closed",
    "topic_deleted",
    "message thread not found",
)
"""This place or person cannot be reached, however often it is tried."""


class Flooded(TelegramError):
    """We said too much; `wait` is how long Telegram wants to hear nothing."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("Telegram asks us to wait")
        self.wait: timedelta = wait


class Broken(TelegramError):
    """Telegram failed; nobody knows how far it came."""


class Unreadable(TelegramError):
    """The answer is no JSON object; `text` is what it is instead."""

    def __init__(self, text: str) -> None:
        super().__init__("an answer that cannot be read")
        self.text = text


def undelivered(fault: Exception, *, changes: bool = True) -> Undelivered:
    """The fault of a call, sorted. `changes`: the call would have left something behind, so that an unknown outcome
    matters. The reason never holds words of people or a token."""
    match fault:
        case Flooded():
            return Undelivered("Telegram asks us to wait", retry_after=fault.wait)
        case ChatMigrated():
            return Undelivered("the group has another number now", moved_to=address(fault.new_chat_id))
        case InvalidToken():
            return Undelivered("Telegram does not accept the token", retry_after=TOKEN_WAIT, everyone=True)
        case Forbidden():
            return Undelivered(_why_forbidden(fault), forever=True)
        case BadRequest():
            return _bad(fault)
        case Conflict():
            return Undelivered("Telegram sees a conflict")
        case RuntimeError():
            return Undelivered("not connected to Telegram")
        case TimeoutError() | TimedOut() if not isinstance(fault.__cause__, NOT_SENT):
            return Undelivered("no answer from Telegram in time", maybe_sent=changes)
        case NetworkError() if isinstance(fault.__cause__, NOT_SENT):
            return Undelivered("no connection to Telegram")
        case _:
            return Undelivered(f"the call to Telegram broke off: {type(fault).__name__}", maybe_sent=changes)


def says(fault: Exception, *sentences: str) -> bool:
    """Telegram's own words for the fault hold one of these."""
    said = fault.message.casefold() if isinstance(fault, TelegramError) else ""
    return any(sentence in said for sentence in sentences)


def wait_in(payload: bytes) -> timedelta:
    """How long Telegram asks us to wait; what is missing or makes no sense counts as half a minute."""
    try:
        parameters = json.loads(payload)["parameters"]
        wait_s = parameters["retry_after"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return UNSAID_WAIT
    if isinstance(wait_s, str) and wait_s.isascii() and wait_s.isdigit() and len(wait_s) < 9:
        wait_s = int(wait_s)
    if not isinstance(wait_s, int | float) or isinstance(wait_s, bool) or not 0 < wait_s < 10**9:
        return UNSAID_WAIT
    return min(timedelta(seconds=wait_s), LONGEST_WAIT)


def _why_forbidden(fault: Forbidden) -> str:
    for words, why in _FORBIDDEN:
        if says(fault, words):
            return why
    return "Telegram forbids it"


_FORBIDDEN = (
    ("bot was blocked by the user", "the person has blocked the desk"),
    ("user is deactivated", "the person's account is gone"),
    ("can't initiate conversation", "the person has never pressed Start"),
    ("bot can't send messages to bots", "it is a bot"),
    ("bot was kicked", "the desk was removed from the group"),
    ("bot is not a member", "the desk is not in the group"),
    ("not enough rights", "the desk may not write there"),
)


def _bad(fault: BadRequest) -> Undelivered:
    if says(fault, *GONE):
        return Undelivered("the message is gone", forever=True, gone=True)
    if says(fault, *MISSHAPEN):
        return Undelivered("Telegram refuses its shape", forever=True, malformed=True)
    if says(fault, *TOPIC_GONE):
        return Undelivered("the topic is closed or gone", forever=True)
    if says(fault, "chat not found"):
        return Undelivered("there is no such chat, or the person has never pressed Start", forever=True)
    if says(fault, *REFUSED_HERE):
        return Undelivered("Telegram refuses this place", forever=True)
    return Undelivered("Telegram refuses it")
