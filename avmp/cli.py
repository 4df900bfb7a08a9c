"""The command line. Results go to standard output, progress and logs to standard error; status 0, or 1 with one line
that says what to do."""

from __future__ import annotations

import os
import sys

import typer

from avmp.commands import accounts, curated, deadletters, demo, later, processes, reading, sources
from avmp.terminal import notes, set_up_logging
from codebook.errors import AvmpError

app = typer.Typer(
    name="avmp",
    help="Reads the region's news for firearm incidents, puts them before a monitor, keeps the curated database.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for module in (demo, processes, sources, reading, curated, accounts, deadletters, later):
    module.register(app)


def main() -> None:
    """Run the command line; a known error is one line on standard error."""
    set_up_logging()
    try:
        app()
    except AvmpError as error:
        notes.print(f"avmp: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
