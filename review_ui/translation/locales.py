"""The languages of the interface, and which one a browser asks for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the interface.

    Attributes:
        name: what it calls itself.
        tag: what HTML calls it.
        cldr: whose plural forms, month names and separators it has: the CLDR has no Montenegrin of its own.
        asked_as: how browsers ask for it, besides by the tag.
    """

    name: str
    tag: str
    cldr: str
    asked_as: tuple[str, ...] = ()


LANGUAGES: Mapping[str, Language] = {
    "en": Language("English", "en", "en"),
    "sr_Latn": Language("srpski (latinica)", "sr-Latn", "sr_Latn", ("sh", "hbs")),
    "sr_Cyrl": Language("српски (ћирилица)", "sr-Cyrl", "sr_Cyrl", ("sr",)),
    "bs": Language("bosanski", "bs", "bs", ("hr",)),
    "cnr": Language("crnogorski", "cnr", "sr_Latn_ME", ("sr-me", "sr-latn-me", "sr-cyrl-me")),
    "mk": Language("македонски", "mk", "mk"),
    "sq": Language("shqip", "sq", "sq"),
    "ro": Language("română", "ro", "ro", ("mo",)),
}
"""By the name of its folder. Serbian without a script is Cyrillic, as the CLDR has it; who asks for Croatian is better
served by Bosnian than by English."""


@cache
def cldr(name: str) -> Locale:
    """What babel knows of a language of ours."""
    return Locale.parse(LANGUAGES[name].cldr)


def asked_for(accept_language: str, offered: Collection[str]) -> str:
    """The first of the languages a browser names, by its own order, that is offered; else English."""
    for tag in _by_wish(accept_language):
        found = _named(tag)
        if found in offered:
            return found
    return ENGLISH


def _named(tag: str) -> str:
    """The language of a tag such as `sq-XK`, by its longest beginning that we know; empty for none."""
    parts = tag.lower().split("-")
    for length in range(len(parts), 0, -1):
        start = "-".join(parts[:length])
        for name, language in LANGUAGES.items():
            if start in (language.tag.lower(), *language.asked_as):
                return name
    return ""


def _by_wish(accept_language: str) -> list[str]:
    wishes = [_wish(part) for part in accept_language.split(",")]
    return [tag for tag, quality in sorted(wishes, key=lambda wish: -wish[1]) if tag and quality > 0]


def _wish(part: str) -> tuple[str, float]:
    tag, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return tag, float(parameter.removeprefix("q="))
            except ValueError:
                return tag, 0.0
    return tag, 1.0
