"""The same cases every time, so that a red test says something about the change; `-m long` looks for new ones."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("new", derandomize=False, deadline=None, print_blob=True)


def pytest_configure(config: pytest.Config) -> None:
    explores = "long" in config.option.markexpr.replace("not long", "")
    settings.load_profile("new" if explores else "same")
