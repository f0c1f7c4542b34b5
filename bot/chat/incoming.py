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
