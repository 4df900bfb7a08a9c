"""The code lists of the codebook, read once from `data/codes.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from codebook.errors import UnknownCode


@dataclass(frozen=True, slots=True)
class Code:
    """One code with the name it is printed under. `parent` is set for subtypes only."""

    code: str
    name: str
    definition: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """One code list in its printed order."""

    name: str
    title: str
    definition: str
    codes: Mapping[str, Code]

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def require(self, code: str, where: str, field: str) -> Code:
        """The code, or `UnknownCode` that names `where` and `field` and lists what is allowed."""
        try:
            return self.codes[code]
        except KeyError:
            raise UnknownCode(where, field, code, "use one of %(codes)s", codes=", ".join(self.codes)) from None


@dataclass(frozen=True, slots=True)
class Scope:
    """A set of jurisdictions that regional totals are printed for."""

    code: str
    name: str
    jurisdictions: tuple[str, ...]


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("codebook") / "data" / "codes.toml").read_text(encoding="utf-8"))


@cache
def code_lists() -> Mapping[str, CodeList]:
    """All code lists by name."""
    lists = {}
    for entry in _data()["list"]:
        codes = {c["code"]: Code(c["code"], c["name"], c["definition"], c.get("parent")) for c in entry["codes"]}
        lists[entry["name"]] = CodeList(entry["name"], entry["title"], entry["definition"], MappingProxyType(codes))
    return MappingProxyType(lists)


def code_list(name: str) -> CodeList:
    """One code list; a wrong `name` is a programming error (`KeyError`)."""
    return code_lists()[name]


def printed(list_name: str, code: str) -> str:
    """The printed name of a code. Jurisdictions go through `codebook.kosovo` where a footnote must follow."""
    return code_list(list_name).codes[code].name


@cache
def subtypes_of(incident_type: str) -> tuple[str, ...]:
    """The subtypes an incident type may have, in printed order; empty for most types."""
    return tuple(c.code for c in code_list("subtype").codes.values() if c.parent == incident_type)


@cache
def scopes() -> Mapping[str, Scope]:
    """The regional scopes, `SEE` and `WB`."""
    return MappingProxyType(
        {code: Scope(code, scope["name"], tuple(scope["jurisdictions"])) for code, scope in _data()["scopes"].items()}
    )


def footnote(name: str) -> str:
    """A footnote of the codebook, `kosovo` or `kosovo_eu`."""
    return str(_data()["footnotes"][name])
