"""The translation files: read once, compiled in memory, and offered only when they are complete."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from review_ui.translation.locales import ENGLISH, LANGUAGES, cldr

FOLDER = Path(__file__).parents[1] / "locales"
TEMPLATE = FOLDER / "messages.pot"


def po_file(name: str) -> Path:
    """The translation file of a language."""
    return FOLDER / name / "LC_MESSAGES" / "messages.po"


@cache
def translations(name: str) -> NullTranslations:
    """The texts of a language. English says what the code says."""
    if name == ENGLISH:
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(name))
    compiled.seek(0)
    return Translations(compiled)


@cache
def offered() -> tuple[str, ...]:
    """The languages that every text is there in: a page in two languages helps nobody."""
    wanted = template()
    return tuple(name for name in LANGUAGES if name == ENGLISH or not missing(catalogue(name), wanted))


def missing(translated: Catalog, wanted: Catalog) -> list[str]:
    """The English texts that a catalogue has no certain translation of."""
    return [text_of(message) for message in wanted if message.id and not _has(translated, message)]


def text_of(message: Message) -> str:
    """A message's English text, in the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def said(message: Message) -> tuple[str, ...]:
    """A message's translation: one text, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def catalogue(name: str) -> Catalog:
    """The translation file of a language; an empty catalogue while there is none."""
    if not po_file(name).exists():
        return Catalog(locale=cldr(name))
    with po_file(name).open("rb") as file:
        return read_po(file, locale=cldr(name), abort_invalid=True)


def template() -> Catalog:
    """Every text of the pages in English."""
    with TEMPLATE.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _has(translated: Catalog, wanted: Message) -> bool:
    message = translated.get(wanted.id, wanted.context)
    if message is None or message.fuzzy or isinstance(message.id, str) != isinstance(wanted.id, str):
        return False
    return all(said(message)) and (isinstance(message.id, str) or len(said(message)) == translated.num_plurals)
