"""The source registry: which outlets and institutions are watched, declared in TOML, one file per jurisdiction.

`crawlers.entries` says what a file holds. A source that breaks a rule is a `BadSource`. `load` raises the first one,
unless it is given `on_error`: then every one is handed to it, the source (or, when it is no TOML, the file) is left
out, and the others go on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from codebook.codes import code_list
from codebook.errors import BadSource, Obstacle, obstacle
from crawlers.entries import MOST_PAGES, FeedEntry, Selectors, SourceEntry
from crawlers.identity.normal_form import normalised

__all__ = ["FeedEntry", "OnError", "Registry", "Selectors", "SourceEntry", "load"]


class Registry(BaseModel):
    """All sources, in the order of files and entries."""

    model_config = ConfigDict(frozen=True)

    sources: tuple[SourceEntry, ...]

    def verified(self) -> Registry:
        """The verified sources alone."""
        return Registry(sources=tuple(source for source in self.sources if source.verified))

    def feeds(self) -> Iterator[tuple[SourceEntry, FeedEntry]]:
        """Every feed with its source."""
        for source in self.sources:
            for feed in source.feeds:
                yield source, feed


OnError = Callable[[BadSource], None]


def load(folder: Path | None = None, on_error: OnError | None = None) -> Registry:
    """The registry of a folder of TOML files; the registry that comes with the program when it is not named.

    Raises:
        BadSource: the folder has no TOML file, or (without `on_error`) a file or source is wrong.
    """
    if folder is not None:
        return _load(folder, on_error)
    with as_file(files("crawlers") / "sources") as bundled:
        return _load(bundled, on_error)


def _load(folder: Path, on_error: OnError | None) -> Registry:
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise BadSource(
            str(folder), "", "no .toml file in it", "write one such as RS.toml, or fill it: `avmp sources copy FOLDER`"
        )
    ids: dict[str, str] = {}
    feeds: dict[str, str] = {}
    sources: list[SourceEntry] = []

    def report(error: BadSource) -> None:
        if on_error is None:
            raise error
        on_error(error)

    for path in paths:
        for number, raw in enumerate(_tables(path, report)):
            try:
                source = _source(path, number, raw)
                _require_unique(path, source, ids, feeds)
            except BadSource as error:
                report(error)
                continue
            ids[source.id] = path.name
            feeds.update((normalised(feed.url), f"{source.id} in {path.name}") for feed in source.feeds)
            sources.append(source)
    return Registry(sources=tuple(sources))


def _tables(path: Path, report: OnError) -> Iterable[Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        told = Obstacle(error) if isinstance(error, tomllib.TOMLDecodeError) else obstacle(error)
        report(BadSource(str(path), "", told, "mend the file there: it is to be TOML in UTF-8"))
        return ()
    for key in document:
        if key != "source":
            report(BadSource(str(path), key, document[key], "write [[source]] tables only"))
    tables = document.get("source", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        report(BadSource(str(path), "source", tables, "write [[source]] with double brackets"))
        return ()
    return tables


def _source(path: Path, number: int, raw: dict[str, Any]) -> SourceEntry:
    named = raw.get("id") if isinstance(raw.get("id"), str) else number
    try:
        source = SourceEntry.model_validate(raw)
    except ValidationError as error:
        # A misspelt key is also a missing one: the misspelling is what is to be mended
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        field = f"source[{named}]" + "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"]
        )
        value = None if first["type"] == "missing" else first["input"]
        raise BadSource(str(path), field, value, _remedy(first)) from None
    if path.stem in code_list("jurisdiction") and source.jurisdiction != path.stem:
        remedy = f"write {path.stem}, or move the source to {source.jurisdiction}.toml"
        raise BadSource(str(path), f"source[{named}].jurisdiction", source.jurisdiction, remedy)
    return source


PARTS: dict[Any, type[BaseModel]] = {"feeds": FeedEntry, "selectors": Selectors}
"""The tables inside a source, whose keys are their own."""


REMEDIES = {
    "missing": "add this key",
    "tuple_type": "write a list in square brackets",
    "too_short": "name at least one",
    "string_type": "write it in quotes",
    "string_too_short": "write at least one character",
    "bool_type": "write true or false, without quotes",
    "int_type": "write a whole number, without quotes",
    "greater_than_equal": "write a number from 1 on",
    "less_than_equal": f"write a number up to {MOST_PAGES}",
    "model_type": "write a table in curly brackets",
}
"""What to write where pydantic only says what is wrong."""


def _remedy(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        owner = next((PARTS[part] for part in error["loc"][:-1] if part in PARTS), SourceEntry)
        known = owner.model_fields
        close = get_close_matches(str(error["loc"][-1]), known, n=1)
        return f"unknown key; write {close[0]}" if close else f"unknown key; use one of {', '.join(known)}"
    if error["type"] in REMEDIES:
        return REMEDIES[error["type"]]
    return str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "write")


def _require_unique(path: Path, source: SourceEntry, ids: dict[str, str], feeds: dict[str, str]) -> None:
    if source.id in ids:
        remedy = f"the source is already in {ids[source.id]}: keep one"
        raise BadSource(str(path), f"source[{source.id}].id", source.id, remedy)
    own: set[str] = set()
    for number, feed in enumerate(source.feeds):
        key = normalised(feed.url)
        if key in feeds or key in own:
            remedy = f"the feed already belongs to {feeds.get(key, 'this source')}: keep one"
            raise BadSource(str(path), f"source[{source.id}].feeds[{number}].url", feed.url, remedy)
        own.add(key)
