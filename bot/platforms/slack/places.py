"""Names on Slack: `slack:dm:<user>`, `slack:channel:<id>[:<thread>]`, identities `slack:<user>`, messages
`slack:<conversation>:<ts>`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.chat.incoming import Address, Identity, MessageRef
from bot.chat.port import Undelivered

PLATFORM = "slack"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Direct:
    """The conversation of the desk with one person."""

    user: str


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel, or one thread of it: `thread` is the `ts` of the message it hangs from."""

    id: str
    thread: str = ""


def direct(user: str) -> Address:
    """Where somebody talks with the desk alone."""
    return Address(f"{PLATFORM}:dm:{user}")


def channel(conversation: str, thread: str = "") -> Address:
    """A channel, or a thread of it."""
    return Address(f"{PLATFORM}:channel:{conversation}" + (f":{thread}" if thread else ""))


def identity(user: str) -> Identity:
    """Who somebody is: the user's id, never a name."""
    return Identity(f"{PLATFORM}:{user}")


def message(conversation: str, ts: str) -> MessageRef:
    """How a message is found again."""
    return MessageRef(f"{PLATFORM}:{conversation}:{ts}")


def place_of(to: Address) -> Direct | Channel:
    """What the address names. Raises Undelivered for one that is not on Slack."""
    match to.split(":"):
        case [platform, "dm", user] if platform == PLATFORM and user:
            return Direct(user)
        case [platform, "channel", conversation] if platform == PLATFORM and conversation:
            return Channel(conversation)
        case [platform, "channel", conversation, thread] if platform == PLATFORM and conversation and thread:
            return Channel(conversation, thread)
        case _:
            raise Undelivered(f"{to!r} is no place on Slack", forever=True)


def user_of(who: Identity) -> str:
    """The user's id. Raises Undelivered for somebody who is not on Slack."""
    platform, _, user = who.partition(":")
    if platform != PLATFORM or not user or ":" in user:
        raise Undelivered(f"{who!r} is nobody on Slack", forever=True)
    return user


def spot_of(found: MessageRef) -> tuple[str, str]:
    """The conversation and the `ts` of a message. Raises Undelivered for one that is not on Slack."""
    match found.split(":"):
        case [platform, conversation, ts] if platform == PLATFORM and conversation and is_ts(ts):
            return conversation, ts
        case _:
            raise Undelivered(f"{found!r} is no message on Slack", forever=True)


def is_direct(conversation: str) -> bool:
    """Between the desk and one person: Slack's ids of these begin with D."""
    return conversation.startswith("D")


def is_ts(text: str) -> bool:
    """It looks like Slack's name of a message: seconds, a dot, six digits."""
    seconds, dot, micros = text.partition(".")
    return bool(dot) and seconds.isascii() and seconds.isdigit() and micros.isascii() and micros.isdigit()


def moment(ts: str) -> datetime:
    """The instant that a `ts` tells. Raises ValueError when it is none."""
    if not is_ts(ts):
        raise ValueError("not a ts")
    seconds, _, micros = ts.partition(".")
    try:
        return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(micros[:6].ljust(6, "0")))
    except OverflowError:
        raise ValueError("not a ts") from None


def ts_of(at: datetime) -> str:
    """The `ts` of an instant, to ask for what came after it."""
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"
