"""The language packs: one folder of TOML files per reading language. Adding a language is adding a folder.

A pack has `language.toml` (its name, the sounds of its Cyrillic letters, how it is told from others), `places.toml`
(how place names inflect), `numbers.toml`, `dates.toml` and `persons.toml` (the words for each). The models of
`languages.packs.schema` say what each holds; it is checked when it is loaded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from pydantic import ValidationError

from languages.packs.schema import Pack, PackError

FILES = ("places", "numbers", "dates", "persons")
"""The files of a pack besides `language.toml`; each fills the field of `Pack` that bears its name."""


@cache
def packs() -> Mapping[str, Pack]:
    """All packs by language code. Raises `PackError` when a file is not what the schema asks for."""
    folders = (entry for entry in files(__name__).iterdir() if (entry / "language.toml").is_file())
    return MappingProxyType({folder.name: read_pack(folder) for folder in sorted(folders, key=lambda f: f.name)})


def pack(lang: str) -> Pack:
    """The pack of one reading language: sq, hbs, mk, ro, en or ru. Raises `KeyError` for any other."""
    return packs()[lang]


def read_pack(folder: Traversable) -> Pack:
    """The pack in `folder`, whose name is its code. Raises `PackError` that names file, field and value."""
    content: dict[str, object] = {"code": folder.name}
    for name in ("language", *FILES):
        try:
            table = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise PackError(f"{_where(folder, name)}: cannot be read: {error}") from error
        content |= table if name == "language" else {name: table}
    try:
        return Pack.model_validate(content)
    except ValidationError as error:
        raise PackError(_complaint(folder, error)) from error


def _complaint(folder: Traversable, error: ValidationError) -> str:
    """The first complaint as one line."""
    first = error.errors()[0]
    loc = [str(part) for part in first["loc"]]
    file = loc.pop(0) if loc[0] in FILES else "language"
    value = "" if first["type"] == "missing" else f": {str(first['input'])[:_PRINTED_VALUE]!r}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{_where(folder, file)}: {'.'.join(loc) or 'the whole'}{value}: {message}"


def _where(folder: Traversable, name: str) -> str:
    return f"languages/packs/{folder.name}/{name}.toml"


_PRINTED_VALUE = 60
"""Characters of a wrong value that an error line shows."""
