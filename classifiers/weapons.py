"""With what: the weapons of the event among all weapons an article names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.ammunition import of_ammunition
from classifiers.candidates import context_features, longest
from classifiers.judges import Judge
from classifiers.pipelines import Layout, Stretch, layout_of, within
from codebook.codes import code_list

CODE_OF = {"launcher": "other"}
"""Concepts of the lexicon that are not themselves a code of the weapon list."""
UNTOLD = "firearm"
"""The concept of words that name no kind of weapon."""
_PARTS = frozenset(".(")
"""Marks that no name of a weapon holds: "M. (52)" is a man and his age."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One weapon named in the article; `for_ammunition` where it only says what ammunition is for."""

    found: Stretch
    code: str
    features: tuple[str, ...]
    for_ammunition: bool


def named(part: Span) -> list[Candidate]:
    """Every weapon named in `part` by its kind; of overlapping names the longest ("gas pistol", not "pistol")."""
    layout = layout_of(part.doc)
    terms = [t for t in layout.terms_in(part.start, part.end) if t.kind == "weapon" and t.label != UNTOLD]
    kept = _longest(layout, terms)
    codes = {_code(t) for t in kept}
    for_ammunition = of_ammunition(layout, kept)
    return [Candidate(t, _code(t), tuple(_features(t, part, codes)), t.start in for_ammunition) for t in kept]


def candidates(part: Span) -> list[Candidate]:
    """Every weapon named in `part`, and those that only their traces tell of: pellets of a shotgun, a blast of an
    explosive. A trace tells nothing new of a weapon that is named as well, nor a blast where a grenade is named."""
    layout = layout_of(part.doc)
    weapons = named(part)
    codes = {weapon.code for weapon in weapons}
    known = codes | ({"explosive"} if "hand_grenade" in codes else set())
    traces = _longest(layout, [t for t in within(layout.traces, part.start, part.end) if t.label not in known])
    in_order = sorted([*(weapon.found for weapon in weapons), *traces], key=lambda one: one.start)
    for_ammunition = of_ammunition(layout, in_order)
    told = [
        Candidate(t, t.label, (*_features(t, part, codes), "trace", f"trace {t.label}"), t.start in for_ammunition)
        for t in traces
    ]
    return sorted([*weapons, *told], key=lambda one: one.found.start)


def _code(term: Stretch) -> str:
    return CODE_OF.get(term.label, term.label)


def _features(found: Stretch, part: Span, codes: set[str]) -> Iterator[str]:
    """What the head sees of a weapon among those of all `codes` named in the part."""
    layout = layout_of(part.doc)
    yield from context_features(found, part)
    yield f"code {found.label}"
    yield f"word {layout.lang} {layout.keys[found.start][:8]}"
    yield from (f"{found.label} beside {code}" for code in codes)
    yield f"alone {len(codes) == 1}"


def _longest(layout: Layout, terms: list[Stretch]) -> list[Stretch]:
    return longest(t for t in terms if not _PARTS.intersection(layout.tokens[t.start : t.end]))


def used(
    candidates: list[Candidate], part: Span, judge: Judge, *, seized: bool = False
) -> dict[str, tuple[float, Stretch]]:
    """The weapons of the event: code → probability and the words that name it best.

    The probability is the mean of what the words are taken for and of what the part tells as a whole. Where they were
    `seized`, a weapon that only says what ammunition is for is none of them; where shots were fired the cartridges for
    it tell what fired them.
    """
    there = [candidate for candidate in candidates if not (seized and candidate.for_ammunition)]
    not_there = {candidate.code for candidate in candidates} - {candidate.code for candidate in there}
    best: dict[str, tuple[float, Stretch]] = {}
    for candidate in there:
        probability = judge.of_stretch("weapon", part, candidate.found, candidate.features)["event"]
        whole = judge.of_part(f"weapon {candidate.code}", part).get("yes", probability)
        probability = (probability + whole) / 2
        if probability > (best[candidate.code][0] if candidate.code in best else LEAST):
            best[candidate.code] = (probability, candidate.found)
    for code in code_list("weapon").codes:
        whole = judge.of_part(f"weapon {code}", part).get("yes", 0.0)
        if code in best or code in not_there or code == "unreported" or whole < UNNAMED_LEAST:
            continue
        if (words := judge.words("weapons", part)) is not None:
            best[code] = (whole, words)
    return best


UNNAMED_LEAST = 0.7
"""Probability from which a weapon is the event's that no word of the lexicon names."""
LEAST = 0.5
"""Probability from which a weapon is the event's."""
