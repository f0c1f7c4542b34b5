"""The shipped model: made from the text beside it, believed only when whole, and read without scikit-learn."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.classifier import classify, health, model, proposal
from bot.classifier.training.__main__ import SHIPPED, remade
from bot.classifier.training.grammar import text_checksum

READ_TWO = """
import sys
from bot.classifier import classify
classify("the printer is broken"), classify("打印机坏了")
print([name for name in sys.modules if name.split(".")[0] in ("sklearn", "scipy", "joblib")])
"""


@pytest.fixture
def forget_the_model() -> Iterator[None]:
    model.shipped.cache_clear()
    proposal.health.cache_clear()
    yield
    model.shipped.cache_clear()
    proposal.health.cache_clear()


def test_the_shipped_model_was_made_from_the_present_text_and_cues() -> None:
    assert health().model_version.startswith(f"{text_checksum()}-")


@pytest.mark.long
def test_the_shipped_model_is_the_one_the_training_text_makes() -> None:
    made = model.packed(remade())

    assert hashlib.sha256(made).hexdigest() == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def test_the_shipped_model_answers() -> None:
    assert not health().is_fallback
    assert classify("打印机坏了").model_version == health().model_version


@pytest.mark.parametrize("damage", ["flipped", "short", "empty", "missing"])
def test_a_model_that_is_not_whole_leaves_the_answer_to_the_rules(
    damage: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    forget_the_model: None,
) -> None:
    whole = SHIPPED.read_bytes()
    spoilt = {"flipped": whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:], "short": whole[:5_000], "empty": b""}
    if damage in spoilt:
        (tmp_path / model.FILE).write_bytes(spoilt[damage])
    monkeypatch.setattr(model, "files", lambda _: tmp_path)

    said = classify("the printer is broken")

    assert (said.kind, said.model_version) == ("incident", "rules-1")
    assert health().is_fallback
    assert model.FILE in health().reason
    assert "the rules answer alone" in caplog.text


def test_reading_a_message_needs_no_scikit_learn() -> None:
    run = subprocess.run([sys.executable, "-c", READ_TWO], capture_output=True, text=True, check=True)

    assert run.stdout.strip() == "[]"
