"""What comes in from a chat, the same on every platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType

Address = NewType("Address", str)
"""`platform:place`: where something can be posted, for example `local:dm:mei` or `local:channel:it`."""

Identity = NewType("Identity", str)
"""`platform:user`: who somebody is on one platform. Names never carry authority, only identities do."""

MessageRef = NewType("MessageRef", str)
"""How a platform finds one of its messages again; opaque to everyone else."""


def platform_of(place: Address | Identity) -> str:
    """The platform's name: what stands before the first colon."""
    return place.split(":", 1)[0]


@dataclass(frozen=True, slots=True)
class File:
    """Something attached: only what is known about it, nothing of its content."""

    name: str
    size_bytes: int | None
    link: str
    """Where somebody with the right to see it can open it; empty when the platform has no such place."""


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody wrote something that is meant for the desk."""

    key: str
    """The inbox key: the same message always has the same one, however often it is delivered."""
    author: Identity
    place: Address
    text: str
    at: datetime
    message: MessageRef
    private: bool = True
    """In a direct conversation with the desk, where only the author reads the answer."""
    reply_to: MessageRef | None = None
    """The message of ours that this one answers (a thread or a reply), if any."""
    files: tuple[File, ...] = ()
    command: bool = False
    """Said as a command (`/desk ...`), so it is meant for the desk wherever it was said."""
    trigger: str = ""
    """What the platform wants to see again when a form is opened in answer, if anything."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """The author changed a message: `text` is what it says now."""

    key: str
    author: Identity
    place: Address
    message: MessageRef
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A message was deleted. `author` is empty where the platform does not say who did."""

    key: str
    author: Identity
    place: Address
    message: MessageRef
    at: datetime


@dataclass(frozen=True, slots=True)
class PointedAt:
    """Somebody said "this is a ticket" about a message, by a shortcut or a reaction."""

    key: str
    author: Identity
    place: Address
    message: MessageRef
    text: str
    words_by: Identity
    """Who wrote the message."""
    at: datetime
    files: tuple[File, ...] = ()
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """Somebody opened the desk's own page on the platform, or began to talk with it. `token` is what a link carried."""

    key: str
    author: Identity
    place: Address
    at: datetime
    token: str = ""


@dataclass(frozen=True, slots=True)
class Relocated:
    """A place has another address from now on."""

    key: str
    was: Address
    now: Address
    at: datetime


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed a button: a wish, never a permission."""

    key: str
    author: Identity
    place: Address
    wish: str
    at: datetime
    message: MessageRef | None = None
    trigger: str = ""
    """What the platform wants to see again when a form is opened in answer, if anything."""


@dataclass(frozen=True, slots=True)
class Submitted:
    """Somebody filled in a form."""

    key: str
    author: Identity
    place: Address
    wish: str
    at: datetime
    answers: dict[str, str] = field(default_factory=dict)


Incoming = Said | Pressed | Submitted
"""What somebody says to the desk."""

Besides = Rewritten | Withdrawn | PointedAt | Opened | Relocated
"""What else happens in a chat that the desk follows."""
