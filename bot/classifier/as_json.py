"""`deskbell classify --json`: JSON lines in, JSON lines out."""

import json
from dataclasses import asdict
from typing import Any, Final

from bot.classifier.proposal import classify
from bot.classifier.values import Classification, Context

_DIGITS: Final = 6


class NotAMessage(ValueError):
    """A line that is not a JSON object with a text; says which and why."""


def classified_line(line: str, *, context: Context | None = None) -> str:
    """One line {"id", "text"} -> one line with the same id and the fields of the Classification. Raises NotAMessage."""
    message_id, text = _message(line)
    return json.dumps({"id": message_id, **as_fields(classify(text, context=context))})


def as_fields(classification: Classification) -> dict[str, Any]:
    """The Classification as plain JSON values; probabilities to six digits."""
    fields = asdict(classification)
    fields["kind_scores"] = {kind: round(score, _DIGITS) for kind, score in classification.kind_scores.items()}
    fields["confidence"] = round(classification.confidence, _DIGITS)
    return fields


def _message(line: str) -> tuple[Any, str]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise NotAMessage(f"not JSON: {error}") from error
    if not isinstance(message, dict) or not isinstance(message.get("text"), str):
        raise NotAMessage('not an object with a "text": ' + line[:80])
    return message.get("id"), message["text"]
