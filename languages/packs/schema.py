"""What a language pack holds. Every model is frozen and refuses fields it does not know."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class PackError(ValueError):
    """A file of a language pack is missing, not TOML, or not what the schema asks for."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ending(_Data):
    """Words that end in `ending` take each of `forms` in its place. The longest ending that fits decides."""

    ending: str
    forms: tuple[str, ...]


class PlaceRules(_Data):
    """How place names inflect, in canonical Latin.

    Attributes:
        prepositions: words that stand before the place where something happens.
        fixed_after: words from which on a name does not inflect ("Petrovac *na* Mlavi").
        linking: words inside a name that change with its case, with their forms (Malësi *e* Madhe).
        noun: endings of the last word that inflects.
        modifier: endings of the words before it, nouns and adjectives.
        irregular: words whose forms no ending tells.
    """

    prepositions: tuple[str, ...]
    fixed_after: tuple[str, ...] = ()
    linking: dict[str, tuple[str, ...]] = {}
    noun: tuple[Ending, ...] = ()
    modifier: tuple[Ending, ...] = ()
    irregular: dict[str, tuple[str, ...]] = {}


class Pack(_Data):
    """One reading language.

    Attributes:
        code: the reading language, as in `Language.lang`.
        name: its English name.
        letters: the canonical Latin for each lower-case Cyrillic letter of its alphabet.
        places: how place names inflect.
    """

    code: str
    name: str
    letters: dict[str, str] = {}
    places: PlaceRules
