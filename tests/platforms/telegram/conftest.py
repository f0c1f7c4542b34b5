"""A database on a real file for each test that wants one."""

from __future__ import annotations

from tests.services.conftest import database, empty_database

__all__ = ["database", "empty_database"]
