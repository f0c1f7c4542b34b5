"""What can go wrong with the file, so that somebody can do something about it."""

from __future__ import annotations

from pathlib import Path


class StorageError(Exception):
    """Base of everything the storage says no to. The message names the file and the way out."""


class AlreadyOpen(StorageError):
    """Another process has this database open; two desks on one database would page everybody twice."""

    def __init__(self, lock: Path, holder: str) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(f"{lock} is held by {who}: this database is in use. Stop that one first.")
        self.lock = lock
        self.holder = holder


class Unreachable(StorageError):
    """The file cannot be opened or made, or the server does not answer."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where} cannot be opened: {why}.")


class TooOld(StorageError):
    """The SQLite that this Python brings along lacks what the desk needs."""

    def __init__(self, found: str, needed: str) -> None:
        super().__init__(f"This Python brings SQLite {found}; the desk needs {needed} or newer. Use a newer Python.")


class NoDatabase(StorageError):
    """There is no such database, and this way of opening makes none."""

    def __init__(self, where: str) -> None:
        super().__init__(f"{where}: there is no database here yet.")


class NewerSchema(StorageError):
    """The database was written by a newer version of the desk; an older one must not touch it."""

    def __init__(self, where: str, found: str, known: str) -> None:
        super().__init__(
            f"{where} has schema {found}, and this version knows schemas up to {known}. Install the newer version."
        )
        self.found = found


class OlderSchema(StorageError):
    """The database waits for a migration, and this way of opening changes nothing."""

    def __init__(self, where: str, found: str, known: str) -> None:
        super().__init__(f"{where} has schema {found or 'none'}, not {known}. Start the desk once to migrate it.")
        self.found = found


class Damaged(StorageError):
    """The file does not hold together any more. It is left as it is."""

    def __init__(self, where: str, report: str) -> None:
        super().__init__(f"{where} is damaged: {report}. It was left as it is; restore the newest good backup.")
        self.report = report
