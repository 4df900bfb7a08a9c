"""Runs a command until it ends or standard input closes, then removes a folder, unless `keep` was the last word.

    python guard.py FOLDER COMMAND…

Whoever starts a server through it need only hold the pipe: it closes when they end, however they end.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading


def main(folder: str, *command: str) -> None:
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    last_word: list[bytes] = []

    def stop_when_alone() -> None:
        last_word.append(sys.stdin.buffer.read())
        server.terminate()

    threading.Thread(target=stop_when_alone, daemon=True).start()
    server.wait()
    if last_word == [b""]:
        shutil.rmtree(folder, ignore_errors=True)


main(*sys.argv[1:])
