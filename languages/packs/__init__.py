"""The language packs: one folder of TOML files per reading language. Adding a language is adding a folder.

A pack has `language.toml` (its name, the sounds of its Cyrillic letters, how it is told from others), `places.toml`
(how place names inflect), `numbers.toml` and `dates.toml` (number and date words). The models of
`languages.packs.schema` say what each holds; it is checked when it is loaded.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from pydantic import ValidationError

from languages.packs.schema import Pack, PackError

FILES = ("places", "numbers", "dates")
"""The files of a pack besides `language.toml`; each fills the field of `Pack` that bears its name."""


@cache
def packs() -> Mapping[str, Pack]:
    """All packs by language code. Raises `PackError` when a file is not what the schema asks for."""
    folders = (entry for entry in files(__name__).iterdir() if (entry / "language.toml").is_file())
    return MappingProxyType({folder.name: _loaded(folder.name) for folder in sorted(folders, key=lambda f: f.name)})


def pack(lang: str) -> Pack:
    """The pack of one reading language: sq, hbs, mk, ro, en or ru. Raises `KeyError` for any other."""
    return packs()[lang]


def _loaded(code: str) -> Pack:
    folder = files(__name__) / code
    content: dict[str, object] = {"code": code}
    for name in ("language", *FILES):
        where = f"languages/packs/{code}/{name}.toml"
        try:
            table = tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise PackError(f"{where}: cannot be read: {error}") from error
        content |= table if name == "language" else {name: table}
    try:
        return Pack.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise PackError(f"languages/packs/{code}: {field}: {first['input']!r}: {first['msg']}") from error
