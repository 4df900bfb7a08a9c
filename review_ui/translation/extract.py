"""The translation files made anew from the code: `python -m review_ui.translation.extract`.

It collects the texts of templates, page modules, the store's errors, `review_ui/data/` and the code lists into
`messages.pot`, brings every `messages.po` up to date (translations stay, new texts are empty, old ones leave), and
makes Serbian in Cyrillic of Serbian in Latin letters.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

from codebook.codes import code_lists, footnote, scopes
from review_ui.keymap import actions
from review_ui.rendering import language_names
from review_ui.translation.catalogues import TEMPLATE, catalogue, po_file, said
from review_ui.translation.cyrillic import in_cyrillic
from review_ui.translation.locales import ENGLISH, LANGUAGES

ROOT = Path(__file__).parents[2]

WORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "N_": None,
    "AvmpError": None,
    "StoreError": None,
    "StoreUnavailable": None,
    "Conflict": None,
    "TooManyAttempts": None,
    "BadInput": (4,),
    "UnknownCode": (4,),
}
"""The functions that take a text, and which of their arguments it is."""

BESIDES = (
    "review_ui/serve.py", "review_ui/translation/extract.py", "review_ui/translation/speaking.py",
    "store/crawler_place.py", "store/imports.py",
)  # fmt: skip
"""Modules whose errors stand on the command line alone, and those that only name the functions."""

ACCOUNTS = ("store/users.py",)
"""Accounts are made on the command line; a page only says that there were too many attempts to sign in."""

PLACES = ("address of the page", "form", "rules of review")
"""What an error says it comes from, where that is a page."""

MADE = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
"""The files carry no time of their own, so that one text more is one line more."""

Text = tuple[str | tuple[str, ...], str | None, str]
"""A text (or singular and plural), its context, and where it stands."""


def template() -> Catalog:
    """Every text there is, in the order of the files."""
    made = Catalog(charset="utf-8", fuzzy=False)
    _head(made)
    made.header_comment = "# The texts of the pages. Made by `python -m review_ui.translation.extract`: do not edit."
    for text, context, place in (*_of_templates(), *_of_modules(), *_of_data(), *_of_codes()):
        made.add(text, locations=[(place, 0)], context=context)
    return made


def updated(name: str, wanted: Catalog) -> Catalog:
    """A language's file with the texts that are wanted, and its translations of them."""
    found = catalogue(name)
    found.update(wanted, no_fuzzy_matching=True)
    found.obsolete.clear()
    _head(found)
    found.header_comment = f"# {LANGUAGES[name].name}"
    found.fuzzy = False
    if name == "sr_Cyrl":
        _transliterate(found, updated("sr_Latn", wanted))
    return found


def written(made: Catalog) -> bytes:
    """A catalogue as its file holds it."""
    file = io.BytesIO()
    write_po(file, made, width=100, include_lineno=False, ignore_obsolete=True)
    return file.getvalue()


def _head(made: Catalog) -> None:
    made.project = made.msgid_bugs_address = made.last_translator = made.language_team = "AVMP"
    made.version, made.creation_date, made.revision_date = "1", MADE, MADE


def _of_templates() -> Iterator[Text]:
    options = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for file in sorted((ROOT / "review_ui" / "templates").glob("*.html")):
        yield from _of_file("jinja2", file, options)


def _of_modules() -> Iterator[Text]:
    for pattern in ("review_ui/*.py", "review_ui/translation/*.py", "store/*.py", "codebook/codes.py"):
        for file in sorted(ROOT.glob(pattern)):
            if file.relative_to(ROOT).as_posix() not in BESIDES:
                yield from _of_file("python", file, {})
    yield from ((place, None, "review_ui/position.py") for place in PLACES)


def _of_file(method: str, file: Path, options: dict[str, str]) -> Iterator[Text]:
    place = file.relative_to(ROOT).as_posix()
    words = WORDS if place not in ACCOUNTS else {"TooManyAttempts": None}
    for _, text, _, context in extract_from_file(method, file, keywords=words, options=options):
        yield text, context, place


def _of_data() -> Iterator[Text]:
    for action in actions().values():
        yield action.does, "key", "review_ui/data/keys.toml"
    for name in language_names().values():
        yield name, "language", "review_ui/data/languages.toml"


def _of_codes() -> Iterator[Text]:
    place = "codebook/data/codes.toml"
    for list_ in code_lists().values():
        for text in (list_.title, list_.definition):
            yield text, list_.name, place
        for code in list_.codes.values():
            yield code.name, list_.name, place
            yield code.definition, list_.name, place
    for scope in scopes().values():
        yield scope.name, "scope", place
    for name in ("kosovo", "kosovo_eu"):
        yield footnote(name), "footnote", place


def _transliterate(cyrillic: Catalog, latin: Catalog) -> None:
    for message in cyrillic:
        if message.id:
            source = latin.get(message.id, message.context)
            assert source is not None
            string = source.string or ""
            message.string = in_cyrillic(string) if isinstance(string, str) else tuple(map(in_cyrillic, string))


def main() -> None:
    """Write every file, and say how much of each language is missing."""
    wanted = template()
    TEMPLATE.write_bytes(written(wanted))
    for name in LANGUAGES:
        if name == ENGLISH:
            continue
        file = po_file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        made = updated(name, wanted)
        file.write_bytes(written(made))
        empty = sum(1 for message in made if message.id and not all(said(message)))
        sys.stderr.write(f"{name}: {empty} of {len(made)} texts to translate\n")


if __name__ == "__main__":
    main()
