"""The trained model as it ships: one file, checked before it is believed, weighed with numpy alone."""

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bot.classifier.features import pieces
from bot.classifier.values import KINDS

FILE: Final = "model.bin"
SEEN_SCALE: Final = 0.5

_MAGIC: Final = b"deskbell-classifier-2\n"
_DIGEST_BYTES: Final = 32


class UnusableModel(Exception):
    """The model file is missing, cut short or changed; says which."""


@dataclass(frozen=True, slots=True)
class Model:
    """What the trained model weighs (names, how rare each is) and how much, in rounded steps of `scale`."""

    version: str
    names: Sequence[str]
    rarity: NDArray[np.uint8]
    weights: NDArray[np.int8]
    seen_weights: NDArray[np.int8]
    scale: float
    rarity_scale: float
    intercept: NDArray[np.float64]
    temperature: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """Probabilities of the kinds in their order, and what each piece of the text added for the most likely one."""

    probabilities: NDArray[np.float64]
    best: int
    pieces: Sequence[str]
    starts: Sequence[int]
    pushes: NDArray[np.float64]


class Scales:
    """A model laid out for weighing."""

    def __init__(self, model: Model) -> None:
        self.version = model.version
        self._place = {name: place for place, name in enumerate(model.names)}
        self._rarity = model.rarity.astype(np.float32) * model.rarity_scale
        self._weights = model.weights
        self._seen_weights = model.seen_weights.astype(np.float64) * (model.scale * SEEN_SCALE / model.temperature)
        self._step = model.scale / model.temperature
        self._intercept = model.intercept / model.temperature

    def weigh(self, text: str, seen: Sequence[float]) -> Weighed:
        """The probabilities of the kinds for a legible text."""
        place = self._place
        starts: dict[str, int] = {}
        for name, start in pieces(text):
            if name in place and name not in starts:
                starts[name] = start
        logits = np.asarray(seen) @ self._seen_weights + self._intercept
        known = list(starts)
        if not known:
            return Weighed(_softmax(logits), int(logits.argmax()), (), (), np.zeros(0))
        chosen = [place[name] for name in known]
        rarity = self._rarity[chosen].astype(np.float64)
        shares = rarity / np.sqrt(rarity @ rarity) * self._step
        added = self._weights[chosen] * shares[:, None]
        logits = logits + added.sum(axis=0)
        best = int(logits.argmax())
        rivals = (added.sum(axis=1) - added[:, best]) / (len(KINDS) - 1)
        return Weighed(_softmax(logits), best, known, list(starts.values()), added[:, best] - rivals)


@cache
def shipped() -> Scales:
    """The model of this installation. Raises UnusableModel."""
    try:
        stored = files("bot.classifier").joinpath(FILE).read_bytes()
    except OSError as error:
        raise UnusableModel(f"cannot read {FILE}: {error}") from error
    return Scales(unpacked(stored))


def packed(model: Model) -> bytes:
    """The model as a file: magic, SHA-256 of the rest, then header, names and numbers."""
    names = "\n".join(model.names).encode()
    header = json.dumps(
        {
            "version": model.version,
            "kinds": KINDS,
            "names": len(model.names),
            "names_bytes": len(names),
            "seen": len(model.seen_weights),
            "scale": model.scale,
            "rarity_scale": model.rarity_scale,
            "intercept": model.intercept.tolist(),
            "temperature": model.temperature,
        },
        sort_keys=True,
    ).encode()
    numbers = model.rarity.tobytes() + model.weights.tobytes() + model.seen_weights.tobytes()
    rest = struct.pack("<I", len(header)) + header + names + numbers
    return _MAGIC + hashlib.sha256(rest).digest() + rest


def unpacked(stored: bytes) -> Model:
    """The model of a file. Raises UnusableModel when its checksum does not hold."""
    start = len(_MAGIC) + _DIGEST_BYTES
    digest, rest = stored[len(_MAGIC) : start], stored[start:]
    if not stored.startswith(_MAGIC) or hashlib.sha256(rest).digest() != digest:
        raise UnusableModel(f"the checksum of {FILE} does not hold")
    (header_bytes,) = struct.unpack_from("<I", rest)
    header: dict[str, Any] = json.loads(rest[4 : 4 + header_bytes])
    names_at = 4 + header_bytes
    numbers_at = names_at + header["names_bytes"]
    numbers = np.frombuffer(rest, dtype=np.uint8, offset=numbers_at)
    count, kinds = header["names"], len(KINDS)
    weights_end = count + count * kinds
    return Model(
        version=header["version"],
        names=rest[names_at:numbers_at].decode().split("\n"),
        rarity=numbers[:count],
        weights=numbers[count:weights_end].view(np.int8).reshape(count, kinds),
        seen_weights=numbers[weights_end:].view(np.int8).reshape(header["seen"], kinds),
        scale=header["scale"],
        rarity_scale=header["rarity_scale"],
        intercept=np.array(header["intercept"]),
        temperature=header["temperature"],
    )


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares
