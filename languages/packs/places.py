"""What a language pack holds of the names of places."""

from __future__ import annotations

from languages.packs.data import Data


class Ending(Data):
    """Words that end in `ending` take each of `forms` in its place. The longest ending that fits decides."""

    ending: str
    forms: tuple[str, ...]


class DerivationRules(Data):
    """How words are made of a town's name, its adjective (Subotica → subotički) or its inhabitants (subotičanin), in
    lower case and canonical Latin.

    Attributes:
        stems: for endings of the name, how the stem of what is made of it ends; the longest ending that fits decides.
        endings: what follows the stem, in every gender, number and case.
        plural: those of them that tell of several.
        irregular: stems that no ending tells, by name.
        not_towns: stems that are another word (brodski, of a ship).
        shortest: letters below which a name has only irregular stems: others would be too many words.
    """

    stems: tuple[Ending, ...]
    endings: tuple[str, ...]
    plural: tuple[str, ...] = ()
    irregular: dict[str, tuple[str, ...]] = {}
    not_towns: tuple[str, ...] = ()
    shortest: int = 1


class PlaceRules(Data):
    """How place names inflect, in canonical Latin.

    Attributes:
        prepositions: words that stand before the place where something happens.
        fixed_after: words from which on a name does not inflect ("Petrovac *na* Mlavi").
        linking: those of them that change with the case all the same, with their forms (Malësi *e* Madhe).
        noun: endings of the last word that inflects.
        modifier: endings of the words before it, nouns and adjectives.
        irregular: words whose forms no ending tells.
        adjective: how towns become adjectives; null where a language has none.
        inhabitant: how towns become their inhabitants, by the same rules; null where they are not known.
    """

    prepositions: tuple[str, ...]
    fixed_after: tuple[str, ...] = ()
    linking: dict[str, tuple[str, ...]] = {}
    noun: tuple[Ending, ...] = ()
    modifier: tuple[Ending, ...] = ()
    irregular: dict[str, tuple[str, ...]] = {}
    adjective: DerivationRules | None = None
    inhabitant: DerivationRules | None = None
