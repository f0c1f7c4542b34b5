"""What differs from machine to machine: the environment and `.env` become settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "DESKBELL_"


@dataclass(frozen=True, slots=True)
class Write:
    """What to write instead of a value that cannot be used."""

    words: str


class BadSettings(ValueError):
    """The settings cannot be used; `problems` holds every reason, each naming its variable and what to write."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def _loopback(host: str) -> str:
    if host != "localhost" and not ip_address(host).is_loopback:
        raise ValueError("not loopback")
    return host


def _database(place: str) -> str:
    scheme, is_url, _ = place.partition("://")
    if is_url and scheme.partition("+")[0] not in {"sqlite", "postgresql"}:
        raise ValueError("unknown kind of database")
    return place


def _folder(path: Path | None) -> Path | None:
    if path is not None and not path.is_dir():
        raise ValueError("no such folder")
    return path


def _web_address(url: str | None) -> str | None:
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:  # `port` raises for a bad one
        raise ValueError("not a web address")
    return url


def _secret_web_address(url: SecretStr | None) -> SecretStr | None:
    _web_address(None if url is None else url.get_secret_value())
    return url


def _lowered(word: object) -> object:
    return word.lower() if isinstance(word, str) else word


class Settings(BaseSettings):
    """One field for each line of .env.example; an empty value is the same as none. The environment goes before .env."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    database: Annotated[
        str,
        AfterValidator(_database),
        Write("a file like `deskbell.db`, or a URL that begins with `sqlite+aiosqlite://` or `postgresql+asyncpg://`"),
    ] = Field("deskbell.db", description="The database: the path of a file, or a URL.")
    rules: Annotated[
        Path | None, AfterValidator(_folder), Write("a folder that is there, or nothing for the packaged policy")
    ] = Field(None, description="The folder of your policy files; empty for the packaged policy.")
    local_host: Annotated[str, AfterValidator(_loopback), Write("`127.0.0.1`, `::1` or `localhost`")] = Field(
        "127.0.0.1", description="Where the local chat listens; only a loopback address is accepted."
    )
    local_port: Annotated[int, Field(ge=0, le=65535), Write("a whole number from 0 to 65535")] = Field(
        0, description="The TCP port of the local chat; 0 for any that is free."
    )
    local_key: Annotated[
        SecretStr | None,
        Field(min_length=16),
        Write("at least 16 characters, or nothing for a new random key at each start"),
    ] = Field(None, description="The key in the local chat's address, 16 characters or more; empty for a random one.")
    local_out: Annotated[
        str | None, AfterValidator(_web_address), Write("a URL like `http://127.0.0.1:9000`, or nothing")
    ] = Field(None, description="The URL of a chat network that plays the local street elsewhere; empty for our own.")
    local_patience_s: Annotated[
        float, Field(ge=0.1, le=15, allow_inf_nan=False), Write("a number of seconds from 0.1 to 15")
    ] = Field(10.0, description="Seconds after which a chat network elsewhere that has not answered counts as silent.")
    health_host: Annotated[str, Write("the name or address of an interface of this machine")] = Field(
        "127.0.0.1", description="Where /health and /metrics listen, when they have a port of their own."
    )
    health_port: Annotated[int | None, Field(ge=1, le=65535), Write("a whole number from 1 to 65535, or nothing")] = (
        Field(None, description="The TCP port of /health and /metrics; empty: only beside the local chat.")
    )
    heartbeat_url: Annotated[
        SecretStr | None, AfterValidator(_secret_web_address), Write("a URL that begins with `https://`, or nothing")
    ] = Field(None, description="A URL that is fetched every minute, and only when all is well; empty for none.")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        BeforeValidator(_lowered),
        Write("`debug`, `info`, `warning` or `error`"),
    ] = Field("info", description="How much is logged: debug, info, warning or error.")
    log_format: Annotated[
        Literal["console", "json"], BeforeValidator(_lowered), Write("`console` for people or `json` for machines")
    ] = Field("console", description="How it is logged: console for people, json for machines.")
    sweep_s: Annotated[
        float, Field(ge=0.1, le=600, allow_inf_nan=False), Write("a number of seconds from 0.1 to 600")
    ] = Field(5.0, description="Seconds between two looks for anything due that no alarm has rung for.")
    failpoint: Annotated[str | None, Write("nothing")] = Field(
        None, description="Only for the crash tests: the point at which the desk kills itself; leave it empty."
    )

    @property
    def sweep(self) -> timedelta:
        """How long between two safety sweeps."""
        return timedelta(seconds=self.sweep_s)


def read_settings(env_file: Path | None = Path(".env")) -> Settings:
    """The settings from the environment and that file, which need not be there. Raises BadSettings."""
    problems = _misspelt(env_file)
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as bad:
        problems += [_told(str(error["loc"][0])) for error in bad.errors(include_url=False)]
    else:
        if not problems:
            return settings
    raise BadSettings(problems)


def variable(field: str) -> str:
    """The name of the variable behind a field."""
    return PREFIX + field.upper()


def _told(field: str) -> str:
    """Without the value, which may be a secret; the variable is enough to find it."""
    return f"{variable(field)} cannot be used — write {_write(Settings.model_fields[field])}"


def _write(field: FieldInfo) -> str:
    return next(hint.words for hint in field.metadata if isinstance(hint, Write))


def _misspelt(env_file: Path | None) -> list[str]:
    """Lines of the file that nobody reads. Foreign variables of the environment are not ours to judge:
    Kubernetes, for one, sets DESKBELL_PORT beside a service of that name."""
    if env_file is None or not env_file.is_file():
        return []
    try:
        written = dotenv_values(env_file)
    except UnicodeDecodeError:
        raise BadSettings([f"{env_file} is not UTF-8 — save it as UTF-8"]) from None
    known = {variable(field) for field in Settings.model_fields}
    return [
        f"{name} in {env_file} is not a setting — {_advice(name, known)}"
        for name in written
        if name.upper().startswith(PREFIX) and name.upper() not in known
    ]


def _advice(name: str, known: set[str]) -> str:
    from difflib import get_close_matches  # only mistakes need it

    fields = [one.removeprefix(PREFIX) for one in sorted(known)]
    likely = get_close_matches(name.upper().removeprefix(PREFIX), fields, n=1, cutoff=0.6)
    return f"did you mean {PREFIX}{likely[0]}?" if likely else "remove the line; .env.example lists them all"
