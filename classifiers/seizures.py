"""How many pieces were seized: those counts of firearms, rounds and explosives that are of the seizure."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.tokens import Span

from classifiers.ammunition import AMMUNITION
from classifiers.counts import Counted, count_features, counted
from classifiers.judges import Judge, likeliest
from classifiers.pipelines import layout_of
from classifiers.weapons import UNTOLD
from codebook.records import Seizure

SURE = 0.8
"""Probability from which the judge's number stands against the words'."""
SEIZED_LEAST = 0.6
"""Probability from which a count is one of seized pieces: with `SURE` the best of four on the fifth held out."""


_UNCOUNTABLE = frozenset({AMMUNITION, "explosive"})
"""Words for ammunition and explosives without a number count nothing: they may name any quantity, or a substance."""


def seizure(part: Span, judge: Judge) -> tuple[Seizure, list[Counted], float]:
    """The pieces seized in `part`, the words that count them, and how sure the number of firearms is.

    A firearm without a number is one piece; rounds and explosives without a number are not counted. Where the judge is
    surer of a small number of firearms than the words add up to, the judge's stands.
    """
    kept = _seized(part, judge)
    totals = _totals([count for count in kept if count.code != UNTOLD])
    untold = _totals([count for count in kept if count.code == UNTOLD])
    if untold:  # "eight firearms: five pistols and three rifles" are eight
        totals["firearms"] = max(untold["firearms"], totals.get("firearms", 0))
    sure = 0.5
    for kind in ("firearms", "rounds", "explosives"):
        shares = judge.of_part(f"seized {kind}", part)
        if not shares:
            continue
        said = likeliest(shares)
        if said == "none" and shares[said] >= SURE:
            totals.pop(kind, None)
        elif said.isdigit() and int(said) and shares[said] >= SURE and kind != "rounds":
            totals[kind] = int(said)
        sure = shares[said] if kind == "firearms" else sure
    where = judge.of_part("seized where", part)
    where.pop("none", None)
    border = any(term.label == "border" for term in layout_of(part.doc).terms_in(part.start, part.end))
    place = likeliest(where) if where else "border" if border else "inland"
    return Seizure.model_validate({**totals, "where": place}), kept, sure


def _totals(counts: Sequence[Counted]) -> dict[str, int]:
    """The pieces by kind; none of a kind of which there are several that nobody counted."""
    totals: dict[str, int] = {}
    for count in counts:
        value = 1 if count.value is None and count.code not in _UNCOUNTABLE else count.value
        if value is not None:
            totals[count.kind] = totals.get(count.kind, 0) + value
    for kind in {count.kind for count in counts if count.several}:
        totals.pop(kind, None)
    return totals


def _seized(part: Span, judge: Judge) -> list[Counted]:
    """The counts the judge takes for seized, each piece once: what a later sentence names again is the same piece."""
    layout = layout_of(part.doc)
    told = [
        count
        for count in counted(part)
        if judge.of_stretch("seized", part, count.found, count_features(count, part))["yes"] >= SEIZED_LEAST
    ]
    text = [c for c in told if not layout.in_title(c.found)] or told
    kept: list[Counted] = []
    for count in text:
        known = [one for one in kept if (one.kind, one.code) == (count.kind, count.code)]
        sentence = layout.sentence_of[count.found.start]
        again = any(one.value == count.value and layout.sentence_of[one.found.start] != sentence for one in known)
        of_them = part.doc[count.found.start].is_title and any(one.value not in (None, 1) for one in known)
        another = count.listed and not of_them  # "two pistols, a Glock and a Beretta"
        if not again and (count.value is not None or another or not known):
            kept.append(count)
    return kept
