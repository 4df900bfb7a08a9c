"""How many pieces were seized: what each count in the words may add, and what the whole tells of their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from spacy.tokens import Span

from classifiers.ammunition import AMMUNITION, FIREARMS
from classifiers.counts import Counted, count_features, counted
from classifiers.judges import Judge, Shares, likeliest
from classifiers.numbers_beside import are_one_word
from classifiers.pipelines import Layout, layout_of, within
from classifiers.questions import counted as counted_as
from classifiers.weapons import UNTOLD
from codebook.records import Seizure
from languages.counting import joins, tell_of_parts

SEIZED_LEAST = 0.6
"""Share from which the words of a count are shown as evidence, and from which several that nobody counted leave the
number open."""
_PERHAPS_ANOTHER, _LISTED = 0.4, 0.6
"""How likely what is named again in one sentence, without a number, is one piece more and not the same; and where it is
another word behind a comma."""
_YEARS = range(1900, 2100)
_LEAST = 1e-4
_ADJECTIVES = 2
"""Words that may stand between a comma and the thing that it begins."""
_BULLETS = frozenset("-•*·")
SURE = 0.8
"""Probability from which a number that the whole tells stands where no word counts any pieces."""
_WHOLE_WEIGHT = 0.25
"""What the whole counts beside the words, which is often one piece off: of 0 to 1 the best on the hard articles."""

_UNCOUNTABLE = frozenset({AMMUNITION, "explosive"})
"""Words for ammunition and explosives without a number count nothing: they may name any quantity, or a substance."""

Totals = dict[int, float]
"""The probability of every number of pieces; 0 where no number is told."""


class Piece(NamedTuple):
    """What the words count, and how likely it adds to the pieces seized."""

    told: Counted
    share: float


def seizure(part: Span, judge: Judge, *, at_border: bool = False) -> tuple[Seizure, list[Counted], float]:
    """The pieces seized in `part`, the words that count them, and how sure the number of firearms is.

    A firearm without a number is one piece; rounds and explosives without a number are not counted. `at_border` where
    the kind of place is read as a border, which is right more often than what the whole tells: of 89 seizures of the
    plain and the hard articles none is in another place so, five by the whole.
    """
    pieces = _pieces(part, judge)
    numbers: dict[str, int] = {}
    sure = 0.5
    for kind in ("firearms", "rounds", "explosives"):
        whole = judge.of_part(f"seized {kind}", part)
        of_kind = [piece for piece in pieces if piece.told.kind == kind]
        if kind == "firearms" and not of_kind and _are_for_ammunition(pieces):
            whole = {}
        number = _likeliest_number(of_kind, whole, layout_of(part.doc))
        if number:
            numbers[kind] = number
        if kind == "firearms" and whole:
            sure = _told_by(whole, number)
    where = "border" if at_border else _where(part, judge)
    return Seizure.model_validate({**numbers, "where": where}), _words(pieces), sure


def _are_for_ammunition(pieces: Iterable[Piece]) -> bool:
    """Whether a firearm is named as that which ammunition is for: "rounds for a rifle" tell of no rifle seized."""
    return any(piece.told.kind == "rounds" and piece.told.found.label in FIREARMS for piece in pieces)


def _where(part: Span, judge: Judge) -> str:
    where = judge.of_part("seized where", part)
    where.pop("none", None)
    border = any(term.label == "border" for term in layout_of(part.doc).terms_in(part.start, part.end))
    return likeliest(where) if where else "border" if border else "inland"


def _words(pieces: Sequence[Piece]) -> list[Counted]:
    return [piece.told for piece in pieces if piece.share >= SEIZED_LEAST]


def _likeliest_number(pieces: Sequence[Piece], whole: Shares, layout: Layout) -> int:
    """The number of pieces of one kind that the words and the whole make likeliest; 0 where none is told."""
    if not pieces:
        return next((int(number) for number, share in whole.items() if number.isdigit() and share >= SURE), 0)
    if any(piece.told.several and piece.share >= SEIZED_LEAST for piece in pieces):
        return 0
    named = [piece for piece in pieces if piece.told.code != UNTOLD]
    untold = [piece for piece in pieces if piece.told.code == UNTOLD and not _looks_back(piece, layout)]
    parts = [part for whole_number in untold for part in _parts(whole_number, named, layout)]
    parts += [part for piece in named for part in _divided(piece, named, layout)]
    totals = _either(_summed(one for one in named if one not in parts), _summed(untold))
    if whole:
        totals = {number: share * _told_by(whole, number) ** _WHOLE_WEIGHT for number, share in totals.items()}
    return max(totals, key=lambda number: totals[number])


def _looks_back(untold: Piece, layout: Layout) -> bool:
    """Whether a number of weapons is that of another year: "in 2022 there were 14 in all"."""
    begin, end = layout.sentence(untold.told.found.start)
    this = layout.published.year if layout.published else None
    return any(number.value in _YEARS and number.value != this for number in within(layout.numbers, begin, end))


def _divided(several: Piece, named: Sequence[Piece], layout: Layout) -> list[Piece]:
    """The pieces that a colon right behind several of one kind leads to, as many as there are of these: "four pistols:
    three gas pistols and a revolver, and two rifles"."""
    found, left = several.told.found, several.told.value or 0
    _, end = layout.sentence(found.start)
    behind = [one for one in named if found.end < one.told.found.start < end]
    if left < 2 or layout.key(found.end) != ":" or several.share < SEIZED_LEAST:
        return []
    parts: list[Piece] = []
    for one in behind:
        left -= one.told.value or 1
        if left < 0:
            break
        parts.append(one)
    return parts


def _parts(untold: Piece, named: Sequence[Piece], layout: Layout) -> list[Piece]:
    """The pieces that a number of weapons before them in their sentence counts already: those behind a word or mark for
    parts ("five firearms: three rifles (two carbines and a hunting rifle) and two pistols")."""
    number = untold.told.found
    _, end = layout.sentence(number.start)
    behind = [one for one in named if number.end <= one.told.found.start < end]
    if untold.share < SEIZED_LEAST or not behind:
        return []
    between = layout.keys[number.end : behind[0].told.found.start]
    return behind if ":" in between or tell_of_parts(between, layout.lang) else []


def _told_by(whole: Shares, number: int) -> float:
    return max(whole.get(counted_as(number) if number else "none", 0.0), _LEAST)


def _summed(pieces: Iterable[Piece]) -> Totals:
    """The probability of every sum of pieces that each are there or not."""
    totals: Totals = {0: 1.0}
    for told, share in pieces:
        value = 1 if told.value is None and told.code not in _UNCOUNTABLE else told.value
        if value:
            longer = {total: (1 - share) * chance for total, chance in totals.items()}
            for total, chance in totals.items():
                longer[total + value] = longer.get(total + value, 0.0) + share * chance
            totals = longer
    return totals


def _either(named: Totals, untold: Totals) -> Totals:
    """The larger of the pieces named by their kind and those named by none: "eight firearms: five pistols and three
    rifles" are eight."""
    totals: Totals = {}
    for a, chance in named.items():
        for b, other in untold.items():
            totals[max(a, b)] = totals.get(max(a, b), 0.0) + chance * other
    return totals


def _pieces(part: Span, judge: Judge) -> list[Piece]:
    """The counts with the judge's share that they are seized, each piece once: what a later sentence names again is the
    same piece."""
    layout = layout_of(part.doc)
    told = [
        Piece(count, judge.of_stretch("seized", part, count.found, count_features(count, part))["yes"])
        for count in counted(part)
    ]
    text = [one for one in told if not layout.in_title(one.told.found)]
    if not _words(text):
        text = told
    kept: list[Piece] = []
    for one in text:
        known = [other.told for other in kept if other.share >= SEIZED_LEAST]
        share = one.share * _another(one.told, known, layout, part)
        if share:
            kept.append(Piece(one.told, share))
    return kept


def _another(count: Counted, known: Sequence[Counted], layout: Layout, part: Span) -> float:
    """How likely a count is of other pieces than those known."""
    alike = [one for one in known if (one.kind, one.code) == (count.kind, count.code)]
    sentence = layout.sentence_of[count.found.start]
    elsewhere = any(one.value == count.value and layout.sentence_of[one.found.start] != sentence for one in alike)
    if elsewhere and not _begins_a_line(count, layout):
        return 0.0
    if count.value is not None or not alike:
        return 1.0
    if part.doc[count.found.start].is_title and any(one.value not in (None, 1) for one in alike):
        return 0.0  # "two pistols, a Glock and a Beretta"
    if count.listed:
        return 1.0
    if layout.sentence_of[alike[-1].found.start] != sentence:
        return 0.0
    return _LISTED if _is_listed(count, alike[-1], layout) else _PERHAPS_ANOTHER


def _begins_a_line(count: Counted, layout: Layout) -> bool:
    """Whether it is an item of a list in lines, behind a dash or a dot."""
    before = count.found.start - 1
    return layout.key(before) in _BULLETS and layout.key(before - 1) in ("", "\n")


def _is_listed(count: Counted, last: Counted, layout: Layout) -> bool:
    """Whether it is another word than the last one alike, and a comma or "and" begins what is named here: ", a sawn-off
    hunting rifle"."""
    at = count.found.start
    before = layout.keys[max(last.found.end, at - _ADJECTIVES - 1) : at]
    another = not are_one_word(layout, last.found, count.found)
    return another and any(key == "," or joins(key, layout.lang) for key in before)
