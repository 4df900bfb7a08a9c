"""A program that uses the embedded server of a home until its standard input ends.

Prints the address when it has joined, or the one line of the error.
"""

from __future__ import annotations

import sys
from pathlib import Path

from codebook.errors import EmbeddedServerError
from store.embedded import serve

if __name__ == "__main__":
    try:
        with serve(Path(sys.argv[1])) as url:
            print(url, flush=True)  # noqa: T201
            sys.stdin.read()
    except EmbeddedServerError as error:
        print(f"EmbeddedServerError: {error}", flush=True)  # noqa: T201
