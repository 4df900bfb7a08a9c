"""How many pieces of a kind are counted where: the numbers before or after firearms, rounds and explosives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Span

from classifiers.ammunition import AMMUNITION, FIREARMS, QUOTES
from classifiers.candidates import context_features
from classifiers.numbers_beside import NumbersBeside
from classifiers.pipelines import Layout, Stretch, layout_of, stretch, within
from classifiers.weapons import UNTOLD
from classifiers.weapons import named as named_weapons
from languages.counting import joins, names_a_part, say_spare, says_what_for

EXPLOSIVES = frozenset({"explosive", "hand_grenade"})
_KIND = {
    **dict.fromkeys(FIREARMS, "firearms"),
    **dict.fromkeys(EXPLOSIVES, "explosives"),
    AMMUNITION: "rounds",
    UNTOLD: "firearms",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """Pieces of one kind as one place in the text counts them; `value` is None where no number stands.

    `several` where there are more than one and nobody says how many, so that no number holds for the kind; `listed`
    where it is one more thing beside what is named before it.
    """

    kind: str
    code: str
    value: int | None
    found: Stretch
    several: bool = False
    listed: bool = False


def counted(part: Span) -> list[Counted]:
    """Every count of pieces in `part`, in order."""
    counts: list[Counted] = []
    end_of_last = part.start
    named = _named(part)
    for n, (code, found) in enumerate(named):
        if code in _KIND:
            next_piece = next((one.start for code, one in named[n + 1 :] if code in _KIND), part.end)
            first_of_next = named[n + 1][1].start if n + 1 < len(named) else part.end
            numbers = NumbersBeside(part.doc, found, end_of_last, first_of_next)
            told = _count(code, found, numbers, next_piece)
            if told is not None and n > 0 and told.value is None:
                several = bool(counts) and counts[-1].value not in (None, 1)
                before = named[n - 1][1]
                listed = numbers.is_joined_to(before) or (several and numbers.is_one_more(before))
                told = replace(told, listed=listed)
            if told is not None:
                counts.append(told)
                found = told.found  # with its number, which counts nothing else
        end_of_last = found.end
    return counts


def _count(code: str, found: Stretch, numbers: NumbersBeside, next_piece: int) -> Counted | None:
    """The count of what is named here; none where no number counts what may be of any kind."""
    kind, number, more = _KIND[code], numbers.number(), list[Stretch]()
    several = number is None and numbers.are_several()
    if kind == "rounds":
        number = numbers.announced() or numbers.of_rounds(number)
        more = [n for n in numbers.more(next_piece) if number is None or n.start != number.start]
    elif kind == "firearms" and not several:
        more = numbers.of_its_kind(number)
    if number is None and not more:
        return Counted(kind, code, None, found, several) if several or code != UNTOLD else None
    told = [found, *([number] if number else []), *more]
    around = stretch(numbers.doc, min(one.start for one in told), max(one.end for one in told))
    return Counted(kind, code, _with(kind, _value(kind, number, numbers), [n.value for n in more]), around)


def _with(kind: str, value: int | None, more: Sequence[int]) -> int | None:
    """The pieces and those told beside them; of rounds the same number again, divided, are the same rounds."""
    if not more or (kind == "rounds" and sum(more) == value):
        return value
    return (value or (0 if kind == "rounds" else 1)) + sum(more)


def _value(kind: str, number: Stretch | None, numbers: NumbersBeside) -> int | None:
    """What the number counts: rounds in boxes box by box, none where nobody says how many are in each."""
    if number is None:
        return None
    value: int = number.value
    if kind != "rounds":
        return value
    if numbers.of_boxes(number):
        each = numbers.each_behind()
        return None if each is None else value * int(each.value)
    return value * numbers.holders(number)


_NOT_COUNTED = ""
"""The code of what is named and no piece: a magazine, the weapon a magazine is for, an air gun, a barrel. Numbers
before it are its own."""
_REPLICA = "replica"
"""The concept of words for air guns, toys and copies."""


def _named(part: Span) -> list[tuple[str, Stretch]]:
    """The weapons named, and the words that name no kind ("nine firearms"), in order."""
    layout = layout_of(part.doc)
    holders = {holder.start for holder in layout.holders}
    kinds: list[tuple[str, Stretch]] = []
    holding = False
    for weapon in named_weapons(part):
        holding = holding if weapon.for_ammunition else weapon.found.start in holders
        holding = holding or (weapon.for_ammunition and weapon.found.end in holders)
        code = AMMUNITION if weapon.for_ammunition else weapon.code
        if holding or (code in FIREARMS and _is_none(layout, code, weapon.found)):
            code = _NOT_COUNTED
        before = kinds[-1] if kinds else None
        if before is not None and {before[0], code} <= FIREARMS and _are_one(part, before[1], weapon.found):
            kinds[-1] = (before[0], stretch(part.doc, before[1].start, max(before[1].end, weapon.found.end)))
        else:
            kinds.append((code, weapon.found))
    return _with_untold(part, kinds)


def _is_none(layout: Layout, code: str, found: Stretch) -> bool:
    """Whether the words for a firearm are of none that counts: an air gun, a toy, a barrel."""
    return (code != "gas_pistol" and _is_replica(layout, found)) or _is_part(layout, code, found)


def _is_replica(layout: Layout, found: Stretch) -> bool:
    """Whether words for an air gun, a toy or a copy are among those for the weapon, or right beside them ("a replica of
    a pistol", "pistol de jucărie", "revole-lodër")."""
    begin, end = layout.sentence(found.start)
    return any(
        one.label == _REPLICA
        and (
            (one.start < found.end and found.start < one.end)
            or _are_beside(layout, one.end, found.start)
            or _are_beside(layout, found.end, one.start)
        )
        for one in layout.terms_in(begin, end)
    )


def _are_beside(layout: Layout, end: int, start: int) -> bool:
    """Whether nothing but a quotation mark, a hyphen or one word for "of" parts two stretches."""
    between = [key for key in layout.keys[end:start] if key not in QUOTES]
    return end <= start and (not between or (len(between) == 1 and _is_of(between[0], layout.lang)))


def _is_of(key: str, lang: str) -> bool:
    return key == "-" or says_what_for(key, lang)


def _is_part(layout: Layout, code: str, found: Stretch) -> bool:
    """Whether the words are of a part of a weapon: "two scopes", "five barrels of rifles", "three spare barrels"."""
    before = layout.keys[max(layout.sentence(found.start)[0], found.start - 2) : found.start]
    if code == UNTOLD:
        return bool(before) and say_spare(before[-1], layout.lang)
    if before and says_what_for(before[-1], layout.lang):
        before = before[:-1]
    is_one = found.end - found.start == 1 and names_a_part(layout.key(found.start), layout.lang)
    return is_one or (bool(before) and names_a_part(before[-1], layout.lang))


def _with_untold(part: Span, kinds: Sequence[tuple[str, Stretch]]) -> list[tuple[str, Stretch]]:
    """The weapons named and the words that name no kind, in order; of "two firearms of the kind Kalashnikov" all words
    name the Kalashnikovs."""
    layout = layout_of(part.doc)
    taken = {token for _, found in kinds for token in range(found.start, found.end)}
    words = layout.terms_in(part.start, part.end)
    untold = [term for term in words if term.label == UNTOLD and term.start not in taken]
    every = [*kinds, *((_NOT_COUNTED if _is_none(layout, UNTOLD, term) else UNTOLD, term) for term in untold)]
    named: list[tuple[str, Stretch]] = []
    for code, found in sorted(every, key=lambda one: one[1].start):
        if named and named[-1][0] == UNTOLD and _tell_one(layout, named[-1][1], code, found):
            first = named.pop()[1]
            found = stretch(part.doc, first.start, max(first.end, found.end))
        named.append((code, found))
    return named


_TELLING = 3
"""Words that may stand between "firearms" and the word for their kind."""


def _tell_one(layout: Layout, untold: Stretch, code: str, found: Stretch) -> bool:
    """Whether what is named right behind a word for any weapon is the same thing: one word more, or, of counted ones,
    their kind with no mark, number or "and" between."""
    if code not in (UNTOLD, *FIREARMS):
        return False
    if found.start < untold.end:
        return True
    between = layout.keys[untold.end : found.start]
    if code == UNTOLD:
        return not between
    are_counted = bool(within(layout.numbers, untold.start - _TELLING, untold.start))
    return (
        are_counted
        and len(between) <= _TELLING
        and all(key.isalpha() and not joins(key, layout.lang) for key in between)
    )


def _are_one(part: Span, first: Stretch, second: Stretch) -> bool:
    """Whether two names are of one thing: nothing but quotation marks parts them ('a pistol "Beretta"')."""
    return QUOTES.issuperset(layout_of(part.doc).keys[first.end : second.start])


def count_features(count: Counted, part: Span) -> Iterator[str]:
    """What the head sees of a count."""
    yield from context_features(count.found, part)
    yield f"kind {count.kind}"
    yield f"code {count.code}"
    yield f"number {count.value is not None}"
