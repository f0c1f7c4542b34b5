"""The command line of the desk."""

from importlib.metadata import version
from typing import Annotated

import typer

app = typer.Typer(name="deskbell", help="An IT service desk that lives in chat.", no_args_is_help=True)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"deskbell {version('deskbell')}")
        raise typer.Exit


@app.callback()
def deskbell(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """An IT service desk that lives in chat."""


def main() -> None:
    app()
