"""How many pieces were seized: the numbers before firearms, rounds and explosives."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.pipelines import Layout, Stretch, layout_of, stretch, within
from classifiers.weapons import candidates as named_weapons
from codebook.records import Seizure

FIREARMS = frozenset({"handgun", "rifle_shotgun", "automatic", "gas_pistol"})
EXPLOSIVES = frozenset({"explosive", "hand_grenade"})
_KIND = {
    **dict.fromkeys(FIREARMS, "firearms"),
    **dict.fromkeys(EXPLOSIVES, "explosives"),
    "ammunition": "rounds",
}
_REACH = 4
"""Words that may stand between a number and what it counts ("two unregistered hunting rifles")."""


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
    for weapon in named_weapons(part):
        kind = _KIND.get(weapon.code)
        if kind is None:
            continue
        named = weapon.found
        first = max(end_of_last, layout.sentence(named.start)[0], named.start - _REACH)
        before = [n for n in within(layout.numbers, first, named.start) if not _is_calibre(layout, n)]
        if before:
            number = before[-1]
            counts.append(Counted(kind, weapon.code, number.value, stretch(part.doc, number.start, named.end)))
        else:
            counts.append(Counted(kind, weapon.code, None, named))
        end_of_last = named.end
    return counts


def seizure(part: Span) -> tuple[Seizure, list[Counted]]:
    """The pieces seized in `part` and the words that count them.

    The first count of each kind and weapon stands; what a later sentence names again is the same piece. A firearm
    without a number is one piece, rounds without a number are not counted.
    """
    layout = layout_of(part.doc)
    all_counts = counted(part)
    text = [c for c in all_counts if not layout.in_title(c.found)] or all_counts
    kept: dict[tuple[str, str, int], Counted] = {}
    for count in text:
        known = [key for key in kept if key[:2] == (count.kind, count.code)]
        sentence = layout.sentence_of[count.found.start]
        same_sentence = [key for key in known if layout.sentence_of[kept[key].found.start] == sentence]
        if not known or (same_sentence and count.value is not None):
            kept[count.kind, count.code, len(known)] = count
    totals: dict[str, int] = {}
    for count in kept.values():
        value = 1 if count.value is None and count.kind != "rounds" else count.value
        if value is not None:
            totals[count.kind] = totals.get(count.kind, 0) + value
    border = any(term.label == "border" for term in layout.terms_in(part.start, part.end))
    seized = Seizure.model_validate({**totals, "where": "border" if border else "inland"})
    return seized, list(kept.values())


def _is_calibre(layout: Layout, number: Stretch) -> bool:
    """Whether a number is a calibre ("7,62 mm", "caliber 9")."""
    after = layout.keys[number.end : number.end + 1]
    before = layout.keys[max(0, number.start - 3) : number.start]
    return after in (["mm"], [","]) or any(key.startswith(("kalib", "calib")) for key in before)
