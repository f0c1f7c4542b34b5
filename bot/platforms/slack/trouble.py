"""What went wrong at Slack, in the words of the port: not processed, outcome unknown, or never."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.chat.port import Undelivered

FAULTS = (SlackClientError, aiohttp.ClientError, OSError, TimeoutError, ValueError, AttributeError)
"""What a call can raise. AttributeError: the library reads an answer of 200 that is no JSON as if it were."""

UNSAID_WAIT = timedelta(seconds=30)
"""When Slack asks us to wait and does not say how long."""

REFUSED_HERE = frozenset(
    {
        "is_archived",
        "channel_not_found",
        "not_in_channel",
        "user_not_found",
        "user_disabled",
        "user_not_in_channel",
        "cannot_dm_bot",
        "user_is_bot",
        "messages_tab_disabled",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "cannot_reply_to_message",
        "thread_locked",
        "ekm_access_denied",
        "no_permission",
        "method_not_supported_for_channel_type",
    }
)
"""This place or person cannot be reached, however often it is tried."""

REFUSED_EVERYWHERE = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "org_login_required",
        "missing_scope",
        "not_allowed_token_type",
        "team_access_not_granted",
        "team_not_found",
        "access_denied",
        "enterprise_is_restricted",
    }
)
"""The token is worth nothing, or not enough: somebody must mend the installation."""

MISSHAPEN = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "too_many_attachments",
        "invalid_attachments",
        "invalid_arguments",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "metadata_too_large",
        "invalid_arg_name",
        "invalid_json",
        "json_not_object",
        "view_too_large",
    }
)
"""Slack refuses the shape of what we sent; it has not been processed."""

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive", "thread_not_found"})
"""The message to edit is not there any more, or must not be edited."""

TRIGGER_SPENT = frozenset({"expired_trigger_id", "invalid_trigger", "invalid_trigger_id", "exchanged_trigger_id"})
"""Slack lets a window be opened for three seconds after a press, and once."""

LATER = frozenset({"request_timeout", "service_unavailable", "team_added_to_org", "no_response"})
"""Not processed; it can be tried again."""


def undelivered(fault: Exception, *, changes: bool) -> Undelivered:
    """The fault of a call, sorted. `changes`: the call would have left something behind, so that an unknown outcome
    matters. The reason never holds words of people or a token."""
    match fault:
        case SlackApiError():
            return _said_no(fault, changes)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return Undelivered("no connection to Slack")
        case TimeoutError():
            return Undelivered("no answer from Slack in time", maybe_sent=changes)
        case _:
            return Undelivered(f"the call to Slack broke off: {type(fault).__name__}", maybe_sent=changes)


def error_of(fault: Exception) -> str:
    """Slack's name for what is wrong; empty when it gave none."""
    answer = getattr(fault, "response", None)
    data = answer.data if isinstance(answer, AsyncSlackResponse) else None
    name = data.get("error") if isinstance(data, dict) else None
    return name if isinstance(name, str) and name.isascii() and len(name) <= 80 else ""


def wait_in(header: str | None) -> timedelta:
    """How long Slack asks us to wait: whole seconds; what is missing or makes no sense counts as half a minute."""
    if header is None or not (header.isascii() and header.isdigit()) or len(header) > 6 or int(header) == 0:
        return UNSAID_WAIT
    return timedelta(seconds=int(header))


def _said_no(fault: SlackApiError, changes: bool) -> Undelivered:
    status, error = _status(fault), error_of(fault)
    if status == 429 or error in ("ratelimited", "rate_limited"):
        return Undelivered("Slack asks us to wait", retry_after=wait_in(_header(fault, "Retry-After")))
    if error in REFUSED_HERE or error in REFUSED_EVERYWHERE:
        return Undelivered(error, forever=True)
    if error in MISSHAPEN:
        return Undelivered(error, forever=True, malformed=True)
    if error in GONE:
        return Undelivered(error, forever=True, gone=True)
    if error in TRIGGER_SPENT:
        return Undelivered("trigger expired", forever=True)
    if error in LATER or (not error and 400 <= status < 500):
        return Undelivered(error or f"Slack answered {status}")
    return Undelivered(error or f"Slack answered {status}", maybe_sent=changes)


def _status(fault: SlackApiError) -> int:
    answer = fault.response
    if isinstance(answer, AsyncSlackResponse):
        return answer.status_code
    return answer.status if isinstance(answer, aiohttp.ClientResponse) else 0


def _header(fault: SlackApiError, name: str) -> str | None:
    headers = getattr(fault.response, "headers", None) or {}
    return next((str(value) for header, value in headers.items() if header.lower() == name.lower()), None)


def is_known(error: str) -> bool:
    """Somebody has thought about this answer; the others are counted."""
    return any(error in names for names in (REFUSED_HERE, REFUSED_EVERYWHERE, MISSHAPEN, GONE, TRIGGER_SPENT, LATER))
