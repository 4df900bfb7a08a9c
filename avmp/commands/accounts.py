"""`user`: accounts of the review application."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from avmp.settings import load
from avmp.terminal import notes
from codebook.errors import BadInput

COMMAND_LINE = "command line"
"""The actor that the audit trail names for what was done here."""


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Accounts of the review application.", no_args_is_help=True)
    group.command()(add)
    group.command()(password)
    app.add_typer(group, name="user")


def add(
    name: Annotated[str, typer.Argument(help="Small letters, digits, dot, dash, underscore.")],
    role: Annotated[str, typer.Option(help="monitor, validator, analyst or administrator.")],
) -> None:
    """Add an account. The password is asked for, or read from standard input when that is no terminal."""
    from avmp.wiring import wired
    from store.users import add_user

    with wired(load()) as wiring, wiring.database.session() as session:
        add_user(session, name, role, _password(), by=COMMAND_LINE)
    notes.print(f"Added {name}, {role}.")


def password(name: str) -> None:
    """Set a new password. It is asked for, or read from standard input when that is no terminal."""
    from avmp.wiring import wired
    from store.users import set_password

    with wired(load()) as wiring, wiring.database.session() as session:
        set_password(session, name, _password(), by=COMMAND_LINE)
    notes.print(f"{name} has a new password.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise BadInput("standard input", "password", line, "write the password as the first line")
    return line
