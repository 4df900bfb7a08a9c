"""The Kosovo* rule: wherever the name is printed, its asterisk and its footnote are printed with it.

Everything that shows a jurisdiction to a person (screen, export, report, terminal) prints through this module.
"""

from __future__ import annotations

from collections.abc import Iterable

from codebook.codes import code_list, footnote


def jurisdiction_name(code: str) -> str:
    """The printed name of a jurisdiction, `Kosovo*` with its asterisk."""
    return code_list("jurisdiction").codes[code].name


def jurisdiction_footnotes(codes: Iterable[str], *, eu_funded: bool = False) -> tuple[str, ...]:
    """The footnotes that must stand under anything that prints these jurisdictions; empty without Kosovo*."""
    if "XK" not in set(codes):
        return ()
    return (footnote("kosovo"), footnote("kosovo_eu")) if eu_funded else (footnote("kosovo"),)
