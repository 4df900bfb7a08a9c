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

AccountName = Annotated[str, typer.Argument(help="The account's name.")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Accounts of the review application.", no_args_is_help=True)
    group.command()(add)
    group.command()(password)
    group.command()(link)
    group.command()(disable)
    group.command("list")(list_users)
    app.add_typer(group, name="user")


def add(
    name: Annotated[str, typer.Argument(help="Small letters, digits, dot, dash, underscore.")],
    role: Annotated[str, typer.Option(help="monitor, validator, analyst or administrator.")],
) -> None:
    """Add an account. The password is asked for, or read from standard input when that is no terminal."""
    from avmp.wiring import wired
    from store.users import add_user, require_free_name, require_role

    require_role(role, "avmp user add", "--role")  # said before a password is typed twice in vain, as is the name
    with wired(load()) as wiring, wiring.database.session() as session:
        require_free_name(session, name)
        add_user(session, name, role, _password(), by=COMMAND_LINE)
    notes.print(f"Added {name}, {role}.")


def password(name: AccountName) -> None:
    """Set a new password. It is asked for, or read from standard input when that is no terminal."""
    from avmp.wiring import wired
    from store.users import set_password

    with wired(load(), existing=True) as wiring, wiring.database.session() as session:
        set_password(session, name, _password(), by=COMMAND_LINE)
    notes.print(f"{name} has a new password.")


def link(name: AccountName) -> None:
    """Print a link that signs an account in once, within a day: for a new colleague, or when a password is lost."""
    from avmp.wiring import wired
    from store.users import create_sign_in_link

    settings = load()
    with wired(settings, existing=True) as wiring, wiring.database.session() as session:
        token = create_sign_in_link(session, name, by=COMMAND_LINE)
    if settings.web.loopback:
        typer.echo(f"{settings.web.address}/enter/{token}")
    else:
        typer.echo(f"/enter/{token}")
        notes.print("Put the application's public address before it, such as https://avmp.example.org.", soft_wrap=True)


def disable(name: AccountName) -> None:
    """Close an account at once, and end its sessions. What it decided stays under its name."""
    from avmp.wiring import wired
    from store.users import disable as close

    with wired(load(), existing=True) as wiring, wiring.database.session() as session:
        close(session, name, by=COMMAND_LINE)
    notes.print(f"{name} is closed.")


def list_users() -> None:
    """Print the accounts as tab-separated lines: name, role, open or closed."""
    from avmp.wiring import wired
    from store.users import users

    with wired(load(), existing=True) as wiring, wiring.database.session() as session:
        for user in users(session):
            typer.echo(f"{user.name}\t{user.role}\t{'open' if user.disabled_at is None else 'closed'}")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\n")
    if not line:
        raise BadInput("standard input", "password", line, "write the password as the first line")
    return line
