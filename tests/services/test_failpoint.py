"""The places to die: nothing while none is armed, and the end of the process when one is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.services import failpoint

HERE = "test.here"


@pytest.fixture(autouse=True)
def a_place_of_our_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Declared for these tests alone: others ask for the places of the product."""
    monkeypatch.setattr(failpoint, "_declared", set(failpoint.names()))
    failpoint.declare(HERE)
    yield
    failpoint.arm("")


def life(spec: str) -> tuple[int, str]:
    """How a process ends that comes by two places three times, and what it said until then."""
    story = (
        "from bot.services import failpoint as f\n"
        "a, b = f.declare('place.a'), f.declare('place.b')\n"
        f"f.arm({spec!r})\n"
        "for turn in range(3):\n"
        "    print(f'a{turn}', flush=True)\n"
        "    f.hit(a)\n"
        "    f.hit(b)\n"
    )
    done = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, check=False, timeout=30)
    return done.returncode, done.stdout


def test_a_process_that_is_not_armed_lives() -> None:
    assert life("") == (0, "a0\na1\na2\n")


@pytest.mark.parametrize(("spec", "said"), [("place.b", "a0\n"), ("place.a:1", "a0\n"), ("place.b:3", "a0\na1\na2\n")])
def test_an_armed_process_is_gone_when_it_has_come_by_so_often(spec: str, said: str) -> None:
    assert life(spec) == (failpoint.KILLED, said)


def test_a_place_that_was_declared_is_listed_once() -> None:
    failpoint.declare("test.here")

    assert failpoint.names().count(HERE) == 1
    assert list(failpoint.names()) == sorted(failpoint.names())


def test_a_place_nobody_declared_is_not_armed() -> None:
    with pytest.raises(ValueError, match=r"no such place: nowhere; there are: .*test\.here"):
        failpoint.arm("nowhere:2")

    failpoint.hit("nowhere")


def test_other_places_do_not_count() -> None:
    failpoint.arm(f"{HERE}:2")

    for _ in range(5):
        failpoint.hit("test.elsewhere")
    failpoint.hit(HERE)
