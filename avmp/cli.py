"""The command line. Results go to standard output, progress and logs to standard error; status 0, or 1 with one line
that says what to do."""

from __future__ import annotations

import sys

import typer

from avmp.commands import (
    accounts,
    bench,
    curated,
    deadletters,
    demo,
    later,
    processes,
    reading,
    replay,
    sources,
    trace,
    training,
)
from avmp.terminal import complain, set_up_logging
from codebook.errors import AvmpError, obstacle
from languages.packs.schema import PackError

app = typer.Typer(
    name="avmp",
    help="Reads the region's news for firearm incidents, puts them before a monitor, keeps the curated database.",
    epilog="Begin with `avmp demo`. Each command tells more: avmp crawl --help",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for module in (
    demo,
    processes,
    sources,
    reading,
    bench,
    training,
    curated,
    accounts,
    deadletters,
    replay,
    trace,
    later,
):
    module.register(app)


def main() -> None:
    """Run the command line; a known error is one line on standard error."""
    set_up_logging()
    try:
        sys.exit(app(standalone_mode=False))
    except (AvmpError, PackError) as error:
        complain(error)
    except typer.TyperException as error:
        complain(_misuse(error))
    except typer.Abort:
        complain("broken off")
    except OSError as error:  # a full disk behind `>`; files that are named are told of where they are opened
        complain(f"{obstacle(error)}: see that there is space on the disk and that this user may write there")
    sys.exit(1)


def _misuse(error: typer.TyperException) -> str:
    """A misspelt option, a missing argument: what is wrong, and where the right ones are told."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "avmp"
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    return f"{message.rstrip('.')}: see `{command} --help`"
