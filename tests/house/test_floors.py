"""The domain knows only the standard library and itself, waits for nothing and owns no clock."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

DOMAIN = Path(__file__).parents[2] / "bot" / "domain"
CLOCK_READINGS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}
CLOCKS = {"datetime", "date", "time"}


def imported_modules(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(level=0, module=str(module), names=names):
                yield from ["bot.domain"] if is_the_domain_by_name(module, names) else [module]


def is_the_domain_by_name(module: str, names: list[ast.alias]) -> bool:
    return module == "bot" and all(name.name == "domain" for name in names)


def is_allowed(module: str) -> bool:
    inside = module == "bot.domain" or module.startswith("bot.domain.")
    return inside or module.partition(".")[0] in sys.stdlib_module_names


def reads_a_clock(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=reading)):
            return owner in CLOCKS and reading in CLOCK_READINGS
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=owner), attr=reading)):
            return owner in CLOCKS and reading in CLOCK_READINGS
    return False


def impurities(source: str) -> list[str]:
    tree = ast.parse(source)
    strangers = [f"imports {module}" for module in imported_modules(tree) if not is_allowed(module)]
    waits = ["waits" for node in ast.walk(tree) if isinstance(node, ast.Await | ast.AsyncFunctionDef)]
    clocks = [f"reads a clock in line {node.lineno}" for node in calls(tree) if reads_a_clock(node)]
    return strangers + waits + clocks


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_the_domain_is_pure() -> None:
    rooms = sorted(DOMAIN.rglob("*.py"))

    found = {room.name: impurities(room.read_text(encoding="utf-8")) for room in rooms}

    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import httpx",
        "from sqlalchemy.ext import asyncio",
        "import bot.chat.card",
        "from bot import chat",
        "from storage import codec",
        "def later():\n    import pydantic",
        "async def wait(): ...",
        "from datetime import datetime\nmoment = datetime.now()",
        "import datetime\nmoment = datetime.datetime.now(datetime.UTC)",
        "import time\nstarted = time.monotonic()",
    ],
)
def test_an_impure_line_is_seen(source: str) -> None:
    assert impurities(source)


@pytest.mark.parametrize(
    "source",
    [
        "import re, zoneinfo",
        "from collections.abc import Iterator",
        "from bot.domain.ids import TicketId",
        "from bot.domain import ticket",
        "from bot import domain",
        "def age(now, then):\n    return now - then",
    ],
)
def test_a_pure_line_is_let_by(source: str) -> None:
    assert impurities(source) == []
