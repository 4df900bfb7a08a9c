"""How many pieces were seized: the numbers before firearms, rounds and explosives."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span

from classifiers.candidates import in_title, spans_in, terms_in
from classifiers.weapons import candidates as named_weapons
from codebook.records import Seizure
from languages.numbers import NumberSpan

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
    span: Span


def counted(part: Span) -> list[Counted]:
    """Every count of pieces in `part`, in order."""
    numbers = [(s, v.value) for s, v in spans_in(part, "numbers") if isinstance(v, NumberSpan)]
    found: list[Counted] = []
    end_of_last = part.start
    for weapon in named_weapons(part):
        kind = _KIND.get(weapon.code)
        if kind is None:
            continue
        first = max(end_of_last, weapon.span.sent.start, weapon.span.start - _REACH)
        before = [(s, v) for s, v in numbers if first <= s.start and s.end <= weapon.span.start and not _is_calibre(s)]
        if before:
            number, value = before[-1]
            found.append(Counted(kind, weapon.code, int(value), part.doc[number.start : weapon.span.end]))
        else:
            found.append(Counted(kind, weapon.code, None, weapon.span))
        end_of_last = weapon.span.end
    return found


def seizure(part: Span) -> tuple[Seizure, list[Counted]]:
    """The pieces seized in `part` and the words that count them.

    The first count of each kind and weapon stands; what a later sentence names again is the same piece. A firearm without
    a number is one piece, rounds without a number are not counted.
    """
    all_counts = counted(part)
    text = [c for c in all_counts if not in_title(c.span)] or all_counts
    kept: dict[tuple[str, str, int], Counted] = {}
    for count in text:
        known = [key for key in kept if key[:2] == (count.kind, count.code)]
        same_sentence = [key for key in known if kept[key].span.sent.start == count.span.sent.start]
        if not known or (same_sentence and count.value is not None):
            kept[count.kind, count.code, len(known)] = count
    totals: dict[str, int] = {}
    for count in kept.values():
        value = 1 if count.value is None and count.kind != "rounds" else count.value
        if value is not None:
            totals[count.kind] = totals.get(count.kind, 0) + value
    border = any(term.label_ == "border" for term in terms_in(part.doc, part.start, part.end))
    return Seizure(**totals, where="border" if border else "inland"), list(kept.values())


def _is_calibre(number: Span) -> bool:
    """Whether a number is a calibre ("7,62 mm", "9 mm") or a year."""
    after = number.doc[number.end : number.end + 2].text.lower()
    before = number.doc[max(0, number.start - 3) : number.start].text.lower()
    return after.startswith(("mm", "мм", ",", ".")) or any(w in before for w in ("kalib", "калиб", "calib"))
