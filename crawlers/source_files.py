"""Writing to an operator's own source files: what `avmp sources check --write` found out.

A file is changed line by line, so that its comments and its order stay, and is read back before it takes the old
one's place: nothing but what was meant may differ.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from codebook.errors import BadSource, obstacle
from crawlers.discover import toml_feeds
from crawlers.entries import FeedEntry

TABLE = re.compile(r"^\s*\[\[\s*source\s*\]\]")
ID = re.compile(r"""^\s*id\s*=\s*["'](?P<id>[^"']+)["']""")
NOT_VERIFIED = re.compile(r"^(\s*verified\s*=\s*)false\b")
NO_FEEDS = re.compile(r"^\s*feeds\s*=\s*\[\s*\]\s*(#.*)?$")

Reached = Mapping[str, Sequence[FeedEntry]]
"""Ids of sources that are to be verified, each with the feeds to declare where the file declares none."""


def copy_bundled(folder: Path) -> list[Path]:
    """Copies the registry that comes with the program into an operator's folder and returns the copies.

    Raises:
        BadSource: source files are there already, or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if taken := next(iter(sorted(folder.glob("*.toml"))), None):
            raise BadSource(str(folder), "", taken.name, "name another folder: source files are here already")
        with as_file(files("crawlers") / "sources") as bundled:
            return [Path(shutil.copy(path, folder / path.name)) for path in sorted(bundled.glob("*.toml"))]
    except OSError as error:
        raise BadSource(str(folder), "", obstacle(error), "name a folder that can be written") from None


def mark_reached(folder: Path, reached: Reached) -> list[str]:
    """Sets `verified = true` on sources of a folder and returns the ids of those that were not verified before.

    Raises:
        BadSource: a file cannot be written, or is laid out in a way that cannot be changed safely.
    """
    marked: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            text = path.read_text(encoding="utf-8")
            before = tomllib.loads(text)["source"]
            wanted = {table["id"]: table for table in before if not table.get("verified") and table["id"] in reached}
        except (OSError, ValueError, KeyError, TypeError):
            continue  # what is wrong with it was told when it was read
        if wanted:
            _rewrite(path, text, before, {name: reached[name] for name in wanted})
            marked += wanted
    return marked


def _rewrite(path: Path, text: str, before: list[dict[str, Any]], reached: Reached) -> None:
    changed = "".join(_marked(text, reached))
    _require_meant(path, before, changed, reached)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(changed, encoding="utf-8")
        shutil.copymode(path, beside)
        beside.replace(path)
    except OSError as error:
        raise BadSource(str(path), "", obstacle(error), "make the file and its folder writable") from None


def _marked(text: str, reached: Reached) -> Iterable[str]:
    """The text with each table's lines changed."""
    table: list[str] = []
    for line in text.splitlines(keepends=True):
        if TABLE.match(line):
            yield from _table_marked(table, reached)
            table = []
        table.append(line)
    yield from _table_marked(table, reached)


def _table_marked(table: list[str], reached: Reached) -> list[str]:
    """The lines of one table. A key that is missing is put below the id, before any table inside the table."""
    name = next((match["id"] for line in table if (match := ID.match(line))), "")
    if name not in reached:
        return table
    marked: list[str] = []
    for line in table:
        marked.append(NOT_VERIFIED.sub(r"\1true", line))
        if ID.match(line):
            marked[-1] = line if line.endswith("\n") else f"{line}\n"
            if not any(NOT_VERIFIED.match(other) for other in table):
                marked.append("verified = true\n")
            if reached[name]:
                marked.append(f"{toml_feeds(reached[name])}\n")
    return [line for line in marked if not (reached[name] and NO_FEEDS.match(line))]


def _require_meant(path: Path, before: list[dict[str, Any]], changed: str, reached: Reached) -> None:
    """Raises `BadSource` unless the changed text says what the old one said, with the sources marked."""
    meant = []
    for table in before:
        name = table["id"]
        told = dict(table)
        if name in reached:
            told["verified"] = True
            if reached[name]:
                told["feeds"] = [{"url": feed.url, "kind": feed.kind} for feed in reached[name]]
        meant.append(told)
    try:
        if tomllib.loads(changed)["source"] == meant:
            return
    except tomllib.TOMLDecodeError:
        pass
    remedy = "the file is laid out unusually: write each key on a line of its own, or set verified = true by hand"
    raise BadSource(str(path), "", f"{len(reached)} sources to mark", remedy)
