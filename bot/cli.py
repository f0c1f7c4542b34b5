"""The command line of the desk: each command is one sentence of help and one call into the house."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

app = typer.Typer(
    name="deskbell",
    help="Deskbell is an IT service desk that lives in chat. Start with `deskbell demo`: it needs no account.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
audit = typer.Typer(help="Check the record that an auditor relies on.", no_args_is_help=True)
letters = typer.Typer(help="Read and replay the letters that could not be delivered.", no_args_is_help=True)
sla = typer.Typer(help="Check the SLA clocks against another system.", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(letters, name="letters")
app.add_typer(sla, name="sla")

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Rules = Annotated[
    Path | None,
    typer.Argument(help="The folder with the policy files; when left out DESKBELL_RULES, else the packaged ones."),
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address and do not open a browser.")]


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"deskbell {version('deskbell')}")
        raise typer.Exit


@app.callback()
def deskbell(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Deskbell is an IT service desk that lives in chat."""


@app.command()
def demo(
    terminal: Annotated[
        bool, typer.Option("--terminal", help="Play a whole day in this terminal, in under a minute, and exit.")
    ] = False,
    port: Annotated[int, typer.Option(help="The port on this machine to listen on; 0 takes any free one.")] = 0,
    no_browser: NoBrowser = False,
) -> None:
    """Try the whole desk without any account: a chat in your browser, with several people to be and a clock to turn."""
    if terminal:
        from bot.demo_day import in_terminal

        raise typer.Exit(asyncio.run(in_terminal()))
    from bot.demo import in_browser

    raise typer.Exit(asyncio.run(in_browser(port, open_browser=not no_browser)))


@app.command()
def run(
    browser: Annotated[bool, typer.Option("--browser", help="Open the address in a browser too.")] = False,
) -> None:
    """Run the desk on a lasting database and the real clock, with what the environment and .env say."""
    from bot.running import run_desk

    raise typer.Exit(asyncio.run(run_desk(open_browser=browser)))


@app.command()
def drill(
    team: Annotated[str, typer.Argument(help="The team whose engineer on call is paged, for example it-desk.")],
) -> None:
    """Page the engineer on call with a marked test, through the running desk; the result is kept as a ticket."""
    from bot.control import NotRunning, ask
    from bot.office import settings_or_exit

    try:
        told = asyncio.run(ask(settings_or_exit().database, "/drill", {"team": team}))
    except NotRunning:
        _fail("The desk is not running: start it with `deskbell run`, then try again.")
    except ValueError as no:
        _fail(str(no))
    typer.echo(f"The drill is on its way ({told['drill']}).")


@app.command()
def check(rules: Rules = None) -> None:
    """Read the policy files and report every mistake at once, with file and line. Exits with 1 when there are any."""
    from bot.office import check_rules

    raise typer.Exit(check_rules(rules))


@app.command()
def tickets(
    as_json: Json = False,
    everything: Annotated[bool, typer.Option("--all", help="Closed and cancelled tickets too.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many, the most urgent first.", min=1)] = 200,
) -> None:
    """List the tickets that are stored, open ones by priority and age."""
    from bot.office import list_tickets

    found = asyncio.run(list_tickets(only_open=not everything, limit=limit))
    _print_rows(found, as_json, ("ref", "priority", "status", "service", "requester", "holder", "created_at"))


@app.command()
def show(
    ref: Annotated[str, typer.Argument(help="The ticket, for example INC-42 or 42.")],
    as_json: Json = False,
) -> None:
    """Show one ticket with its promises and its whole history."""
    from bot.office import show_ticket

    found = asyncio.run(show_ticket(ref))
    if found is None:
        _fail(f"There is no ticket {ref}. `deskbell tickets --all` lists those that there are.")
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for name, value in found.items():
        if isinstance(value, list):
            typer.echo(f"{name}:")
            for one in value:
                typer.echo("  " + json.dumps(one, ensure_ascii=False))
        else:
            typer.echo(f"{name}: {value}")


@app.command()
def why(
    ref: Annotated[str, typer.Argument(help="The ticket, for example INC-42 or 42.")],
    lang: Annotated[str, typer.Option(help="In which language: en or zh.")] = "en",
    as_json: Json = False,
) -> None:
    """Explain the times of one ticket as a sum: every interval with its cause, its hours, and the running total."""
    from bot.time_office import reasons_of

    found = asyncio.run(reasons_of(ref, lang))
    if found is None:
        _fail(f"There is no ticket {ref}. `deskbell tickets --all` lists those that there are.")
    _print_lines(found.lines, found.fields, as_json)


@app.command()
def simulate(
    at: Annotated[str, typer.Option(help="When it is raised, for example 2026-12-24T17:55.")],
    kind: Annotated[str, typer.Option(help="incident or request.")] = "incident",
    impact: Annotated[str, typer.Option(help="high, medium or low.")] = "medium",
    urgency: Annotated[str, typer.Option(help="high, medium or low.")] = "medium",
    service: Annotated[str, typer.Option(help="The id of the service; the default service when left out.")] = "",
    zone: Annotated[str, typer.Option(help="The zone of all times; the team's when left out.")] = "",
    rules: Annotated[Path | None, typer.Option(help="The folder with the policy files.")] = None,
    hours: Annotated[
        float | None, typer.Option(min=0, max=8784, help="Look so many hours ahead, and at every call in them.")
    ] = None,
    pause_from: Annotated[str, typer.Option(help="From when on it waits for the requester.")] = "",
    pause_to: Annotated[str, typer.Option(help="When the requester answers.")] = "",
    language: Annotated[str, typer.Option("--language", "--lang", help="In which language: en or zh.")] = "en",
    as_json: Json = False,
) -> None:
    """Play a ticket through that nobody takes: who would be told at which minute, and when each promise runs out."""
    from bot.time_office import Asked, play

    played = play(Asked(at, kind, impact, urgency, service, zone, rules, hours, pause_from, pause_to, language))
    _print_lines(played.lines, played.fields, as_json)


@app.command()
def oncall(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TEAM] | ics PERSON", help="A team, or ics and a person; all teams when left out."),
    ] = None,
    at: Annotated[str, typer.Option(help="When, for example 2026-12-24T18:00; now when left out.")] = "",
    days: Annotated[
        int | None, typer.Option(help="List the shifts of so many days; for ics 90 when left out.", min=1, max=366)
    ] = None,
    address: Annotated[
        bool, typer.Option("--address", help="With ics: print where a calendar program can follow the shifts.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say who is on call, until when and who is next; or print somebody's shifts as iCalendar: oncall ics PERSON."""
    from bot.duty_office import addresses_of, duty, shifts_as_ics

    match words or []:
        case ["ics", person] if address:
            for one in addresses_of(person):
                typer.echo(one)
        case ["ics", person]:
            typer.echo(asyncio.run(shifts_as_ics(person, days or 90)), nl=False)
        case [] | [_] as team if team != ["ics"]:
            found = asyncio.run(duty(team[0] if team else "", at, days or (14 if as_json else 0)))
            if as_json:
                typer.echo(json.dumps(found.fields, ensure_ascii=False, indent=2))
                return
            _print_table(found.rows, found.columns)
            for line in found.later:
                typer.echo(line)
        case _:
            _fail("Write `deskbell oncall`, `deskbell oncall TEAM` or `deskbell oncall ics PERSON`.")


@app.command(name="import")
def import_(
    system: Annotated[str, typer.Argument(help="grafana, pagerduty or opsgenie.")],
    files: Annotated[
        list[Path], typer.Argument(help="JSON files as the API answers, or folders of them.", exists=True)
    ],
    to: Annotated[Path, typer.Option("--to", help="The folder for the policy files; it must not have any yet.")],
) -> None:
    """Make policy files of what another on-call system exports, and report everything that could not be carried."""
    from bot.duty_office import import_rules

    raise typer.Exit(import_rules(system, files, to))


@audit.command()
def verify() -> None:
    """Follow the hash chain of the history from its first line to its last, and name the first broken link."""
    from bot.office import verify_history

    problem, lines, seal = asyncio.run(verify_history())
    if problem is not None:
        _fail(problem)
    typer.echo(f"{lines} lines, unbroken. The last seal is {seal}.")


@audit.command()
def dues() -> None:
    """Work out every open deadline again from the ticket's own life, and compare it with the one written down."""
    from bot.office import differing_deadlines

    differing, count = asyncio.run(differing_deadlines())
    for line in differing:
        typer.echo(line)
    typer.echo(f"{count} open tickets, {len(differing)} deadlines differ.")
    raise typer.Exit(1 if differing else 0)


@letters.command()
def dead(as_json: Json = False) -> None:
    """List the letters that were given up, newest first, each with the reason."""
    from bot.office import dead_letters

    _print_rows(asyncio.run(dead_letters()), as_json, ("id", "to", "about", "ticket", "attempts", "died_at", "reason"))


@letters.command()
def replay(
    ids: Annotated[
        list[int], typer.Argument(help="The numbers of the letters, as `deskbell letters dead` lists them.")
    ],
) -> None:
    """Put dead letters back into the outbox. The desk must not be running."""
    from bot.office import replay_letters

    count = asyncio.run(replay_letters(ids))
    typer.echo(f"{count} of {len(ids)} letters wait in the outbox again.")


@sla.command(name="eval")
def evaluate() -> None:
    """Read SLA cases as JSON lines from standard input and print one answer a line, by the desk's own functions."""
    from bot.domain.sla_eval import evaluated

    for answer in evaluated(sys.stdin):
        typer.echo(answer)


@app.command()
def classify(
    text: Annotated[str, typer.Argument(help="What somebody wrote; nothing with --json.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help='Read JSON lines {"id", "text"} from standard input and answer each.')
    ] = False,
) -> None:
    """Say how the desk would read a message: kind, priority, service, and the words that led to it."""
    from bot.office import read_lines, read_text

    if as_json:
        for answer in read_lines(sys.stdin):
            typer.echo(answer)
        return
    if not text.strip():
        _fail('Give the words to read, for example: deskbell classify "the printer on 3F is on fire"')
    typer.echo(json.dumps(read_text(text), ensure_ascii=False, indent=2))


def _print_lines(lines: Iterable[str], fields: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(fields, ensure_ascii=False, indent=2))
        return
    for line in lines:
        typer.echo(line)


def _print_rows(rows: list[dict[str, Any]], as_json: bool, columns: tuple[str, ...]) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        typer.echo("Nothing.")
        return
    _print_table([["" if row.get(name) is None else str(row[name]) for name in columns] for row in rows], columns)


def _print_table(rows: Sequence[Sequence[str]], columns: tuple[str, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _fail(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(1)


def main() -> None:
    """Runs the command that was asked for."""
    app()
