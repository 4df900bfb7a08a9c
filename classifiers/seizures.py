"""How many pieces were seized: the numbers before firearms, rounds and explosives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import context_features
from classifiers.judges import Judge, likeliest
from classifiers.pipelines import Layout, Stretch, layout_of, stretch, within
from classifiers.weapons import UNTOLD
from classifiers.weapons import candidates as named_weapons
from codebook.records import Seizure

FIREARMS = frozenset({"handgun", "rifle_shotgun", "automatic", "gas_pistol"})
EXPLOSIVES = frozenset({"explosive", "hand_grenade"})
_KIND = {
    **dict.fromkeys(FIREARMS, "firearms"),
    **dict.fromkeys(EXPLOSIVES, "explosives"),
    "ammunition": "rounds",
    UNTOLD: "firearms",
}
_REACH = 4
"""Words that may stand between a number and what it counts ("two unregistered hunting rifles")."""
SURE = 0.8
"""Probability from which the judge's number stands against the words'."""
SEIZED_LEAST = 0.6
"""Probability from which a count is one of seized pieces: with `SURE` the best of four on the fifth held out."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Pieces of one kind as one place in the text counts them; `value` is None where no number stands."""

    kind: str
    code: str
    value: int | None
    found: Stretch


def counted(part: Span) -> list[Counted]:
    """Every count of pieces in `part`, in order."""
    layout = layout_of(part.doc)
    counts: list[Counted] = []
    end_of_last = part.start
    for code, named in _named(part):
        kind = _KIND.get(code)
        if kind is None:
            continue
        first = max(end_of_last, layout.sentence(named.start)[0], named.start - _REACH)
        before = [n for n in within(layout.numbers, first, named.start) if not _is_calibre(layout, n)]
        if before:
            number = before[-1]
            counts.append(Counted(kind, code, number.value, stretch(part.doc, number.start, named.end)))
        elif code != UNTOLD:
            counts.append(Counted(kind, code, None, named))
        end_of_last = named.end
    return counts


def _named(part: Span) -> list[tuple[str, Stretch]]:
    """The weapons named, and the words that name no kind ("nine firearms"), in order."""
    holders = {holder.start for holder in layout_of(part.doc).holders}
    kinds = [(weapon.code, weapon.found) for weapon in named_weapons(part) if weapon.found.start not in holders]
    taken = {token for _, found in kinds for token in range(found.start, found.end)}
    untold = [
        (UNTOLD, term)
        for term in layout_of(part.doc).terms_in(part.start, part.end)
        if term.label == UNTOLD and term.start not in taken
    ]
    return sorted([*kinds, *untold], key=lambda one: one[1].start)


def count_features(count: Counted, part: Span) -> Iterator[str]:
    """What the head sees of a count."""
    yield from context_features(count.found, part)
    yield f"kind {count.kind}"
    yield f"code {count.code}"
    yield f"number {count.value is not None}"


def seizure(part: Span, judge: Judge) -> tuple[Seizure, list[Counted], float]:
    """The pieces seized in `part`, the words that count them, and how sure the number of firearms is.

    A firearm without a number is one piece, rounds without a number are not counted. Where the judge is surer of a
    small number of firearms than the words add up to, the judge's stands.
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
    totals: dict[str, int] = {}
    for count in counts:
        value = 1 if count.value is None and count.kind != "rounds" else count.value
        if value is not None:
            totals[count.kind] = totals.get(count.kind, 0) + value
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
        if not again and (count.value is not None or not known):
            kept.append(count)
    return kept


def _is_calibre(layout: Layout, number: Stretch) -> bool:
    """Whether a number is a calibre ("7,62 mm", "caliber 9")."""
    after = layout.keys[number.end : number.end + 1]
    before = layout.keys[max(0, number.start - 3) : number.start]
    return after in (["mm"], [","]) or any(key.startswith(("kalib", "calib")) for key in before)
