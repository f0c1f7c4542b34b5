"""What differs from machine to machine."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import BadSettings, Settings, read_settings, variable

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(variable(field), raising=False)


def env(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / ".env"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_the_example_lists_every_setting_under_its_explanation_in_one_line() -> None:
    written = re.findall(r"^# (.+)\n([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert [(name, words) for words, name in written] == [
        (variable(field), info.description) for field, info in Settings.model_fields.items()
    ]


def test_the_example_as_it_stands_says_the_defaults() -> None:
    assert read_settings(EXAMPLE) == read_settings(None)


def test_with_nothing_written_the_desk_runs_on_its_own(tmp_path: Path) -> None:
    settings = read_settings(tmp_path / "none")

    assert settings.database == "deskbell.db"
    assert settings.rules is None
    assert (settings.local_host, settings.local_port, settings.local_key) == ("127.0.0.1", 0, None)
    assert settings.sweep == timedelta(seconds=5)
    assert settings.failpoint is None


def test_the_environment_goes_before_the_file_and_an_empty_value_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = env(tmp_path, "DESKBELL_LOCAL_PORT=8001", "DESKBELL_LOG_LEVEL=debug", f"DESKBELL_RULES={tmp_path}")
    monkeypatch.setenv("DESKBELL_LOCAL_PORT", "8002")
    monkeypatch.setenv("DESKBELL_LOG_LEVEL", "")

    settings = read_settings(file)

    assert (settings.local_port, settings.log_level, settings.rules) == (8002, "debug", tmp_path)


def test_every_bad_value_is_told_at_once_with_its_variable_and_what_to_write(tmp_path: Path) -> None:
    file = env(
        tmp_path,
        "DESKBELL_DATABASE=mysql://here",
        "DESKBELL_RULES=/no/such/folder",
        "DESKBELL_LOCAL_HOST=0.0.0.0",
        "DESKBELL_LOCAL_PORT=70000",
        "DESKBELL_LOCAL_KEY=short",
        "DESKBELL_LOCAL_OUT=elsewhere",
        "DESKBELL_LOG_LEVEL=loud",
        "DESKBELL_LOG_FORMAT=xml",
        "DESKBELL_SWEEP_S=nan",
        "DESKBELL_SWEEPS=3",
        "DESKBELL_COLOUR=blue",
    )

    with pytest.raises(BadSettings) as told:
        read_settings(file)

    assert list(told.value.problems) == [
        f"DESKBELL_SWEEPS in {file} is not a setting — did you mean DESKBELL_SWEEP_S?",
        f"DESKBELL_COLOUR in {file} is not a setting — remove the line; .env.example lists them all",
        "DESKBELL_DATABASE cannot be used — write a file like `deskbell.db`, or a URL that begins with "
        "`sqlite+aiosqlite://` or `postgresql+asyncpg://`",
        "DESKBELL_RULES cannot be used — write a folder that is there, or nothing for the packaged policy",
        "DESKBELL_LOCAL_HOST cannot be used — write `127.0.0.1`, `::1` or `localhost`",
        "DESKBELL_LOCAL_PORT cannot be used — write a whole number from 0 to 65535",
        "DESKBELL_LOCAL_KEY cannot be used — write at least 16 characters, or nothing for a new random key at each "
        "start",
        "DESKBELL_LOCAL_OUT cannot be used — write a URL like `http://127.0.0.1:9000`, or nothing",
        "DESKBELL_LOG_LEVEL cannot be used — write `debug`, `info`, `warning` or `error`",
        "DESKBELL_LOG_FORMAT cannot be used — write `console` for people or `json` for machines",
        "DESKBELL_SWEEP_S cannot be used — write a number of seconds from 0.1 to 600",
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_accepted(tmp_path: Path, host: str) -> None:
    assert read_settings(env(tmp_path, f"DESKBELL_LOCAL_HOST={host}")).local_host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "localhost.example.org"])
def test_nothing_but_loopback_is_accepted(tmp_path: Path, host: str) -> None:
    with pytest.raises(BadSettings, match="DESKBELL_LOCAL_HOST"):
        read_settings(env(tmp_path, f"DESKBELL_LOCAL_HOST={host}"))


@pytest.mark.parametrize("url", ["sqlite+aiosqlite:///x.db", "postgresql+asyncpg://desk@db/desk", "/var/lib/desk.db"])
def test_a_database_is_a_path_or_the_url_of_one_we_speak_to(tmp_path: Path, url: str) -> None:
    assert read_settings(env(tmp_path, f"DESKBELL_DATABASE={url}")).database == url


def test_the_key_is_shown_nowhere(tmp_path: Path) -> None:
    settings = read_settings(env(tmp_path, "DESKBELL_LOCAL_KEY=abcdefghijklmnop"))

    assert settings.local_key is not None
    assert settings.local_key.get_secret_value() == "abcdefghijklmnop"
    assert "abcdefghijklmnop" not in repr(settings)


def test_variables_of_other_rooms_and_of_other_programs_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKBELL_PORT", "tcp://10.0.0.1:80")

    assert read_settings(env(tmp_path, "SLACK_BOT_TOKEN=x")).local_port == 0


def test_a_file_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("DESKBELL_DATABASE=桌.db".encode("gbk"))

    with pytest.raises(BadSettings, match="not UTF-8"):
        read_settings(file)
