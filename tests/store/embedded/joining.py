"""A program that uses the embedded server of a home until its standard input ends.

Prints the address when it has joined, or the one line of the error.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from codebook.errors import EmbeddedServerError
from store.embedded import serve

if __name__ == "__main__":
    # As at a terminal: a test run begun in the background passes on that Ctrl-C is ignored, and would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with serve(Path(sys.argv[1])) as url:
            print(url, flush=True)  # noqa: T201
            sys.stdin.read()
    except EmbeddedServerError as error:
        print(f"EmbeddedServerError: {error}", flush=True)  # noqa: T201
