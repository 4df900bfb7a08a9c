"""How many pieces of a kind are counted where: the numbers before or after firearms, rounds and explosives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from classifiers.ammunition import AMMUNITION, FIREARMS
from classifiers.candidates import context_features
from classifiers.pipelines import Layout, Stretch, layout_of, stretch, within
from classifiers.weapons import UNTOLD
from classifiers.weapons import candidates as named_weapons
from languages.counting import are_each, are_pieces, say_each, says_what_for

EXPLOSIVES = frozenset({"explosive", "hand_grenade"})
_KIND = {
    **dict.fromkeys(FIREARMS, "firearms"),
    **dict.fromkeys(EXPLOSIVES, "explosives"),
    AMMUNITION: "rounds",
    UNTOLD: "firearms",
}
_REACH = 4
"""Words that may stand between a number and what it counts ("two unregistered hunting rifles")."""
_AFTER = 10
"""Tokens that may stand between what is counted and a number behind it ("cartridges 7.62 x 39 mm – 214 pieces")."""
_HOLDERS = 8
"""Tokens that may stand between how many there are of what holds rounds and how many each holds."""
_MOST_HOLDERS = 200
"""More boxes or magazines than this are no number of holders."""
_DASHES = frozenset("-–—:(")
_STOPS = frozenset(",;.()")


@dataclass(frozen=True, slots=True)
class Counted:
    """Pieces of one kind as one place in the text counts them; `value` is None where no number stands."""

    kind: str
    code: str
    value: int | None
    found: Stretch


def counted(part: Span) -> list[Counted]:
    """Every count of pieces in `part`, in order."""
    counts: list[Counted] = []
    end_of_last = part.start
    named = _named(part)
    for n, (code, found) in enumerate(named):
        if code in _KIND:
            first_of_next = named[n + 1][1].start if n + 1 < len(named) else part.end
            told = _count(code, found, _Numbers(part.doc, found, end_of_last, first_of_next))
            if told is not None:
                counts.append(told)
                found = told.found  # with its number, which counts nothing else
        end_of_last = found.end
    return counts


def _count(code: str, found: Stretch, numbers: _Numbers) -> Counted | None:
    """The count of what is named here; none where no number counts what may be of any kind."""
    kind, number = _KIND[code], numbers.in_a_list() or numbers.before() or numbers.written_behind()
    if number:
        value = number.value * (numbers.holders(number) if kind == "rounds" else 1)
        around = stretch(numbers.doc, min(number.start, found.start), max(number.end, found.end))
        return Counted(kind, code, value, around)
    return Counted(kind, code, None, found) if code != UNTOLD else None


class _Numbers:
    """The numbers around something named, of its sentence, from `first` to the token before `last`."""

    def __init__(self, doc: Doc, found: Stretch, first: int, last: int) -> None:
        self.doc, self._layout, self._found = doc, layout_of(doc), found
        begin, end = self._layout.sentence(found.start)
        self._first, self._last = max(first, begin), min(last, end)
        self._behind_another = first > begin
        self._before_another = last < end

    def before(self) -> Stretch | None:
        """The nearest one before it."""
        return self._nearest(max(self._first, self._found.start - _REACH), self._found.start)

    def in_a_list(self) -> Stretch | None:
        """One behind a dash, a colon or a bracket, as in inventories: "cartridges – 214 pieces", "pistol (1)"."""
        return next((n for n in self._behind() if self._parted(n) and self._ends(n)), None)

    def written_behind(self) -> Stretch | None:
        """One in words behind it, or one of pieces: "pištolja dva, …", "rifles, Zastava M91, six"."""
        for n in self._behind():
            directly = n.start == self._found.end or self._key(n.start - 1) == ","
            pieces = are_pieces(self._layout.keys[n.end : n.end + 2], self._layout.lang)
            of_this = pieces and not self._counts_the_next(n)
            if of_this or (directly and not self._key(n.start).isdigit() and self._ends(n)):
                return n
        return None

    def holders(self, number: Stretch) -> int:
        """How many boxes or magazines hold so many rounds each; 1 where none are told."""
        lang, keys = self._layout.lang, self._layout.keys
        each_before = say_each(keys[max(self._first, number.start - 2) : number.start], lang)
        behind = max(number.end, self._found.end)
        if not (each_before or are_each(keys[behind : behind + 2], lang)):
            return 1
        begin = max(self._layout.sentence(number.start)[0], number.start - _HOLDERS)
        holding = self._nearest(begin, number.start)
        return holding.value if holding and holding.value <= _MOST_HOLDERS else 1

    def _nearest(self, start: int, end: int) -> Stretch | None:
        near = [n for n in self._counting(start, end) if not (self._is_model(n) or self._is_age(n))]
        return near[-1] if near else None

    def _behind(self) -> list[Stretch]:
        return self._counting(self._found.end, min(self._last, self._found.end + _AFTER))

    def _counting(self, start: int, end: int) -> list[Stretch]:
        numbers = within(self._layout.numbers, start, end)
        return [n for n in numbers if not (_is_calibre(self._layout, n) or self._is_article(n))]

    def _is_article(self, number: Stretch) -> bool:
        """Whether a one is no number: "cartridges for a pistol"."""
        return number.value == 1 and says_what_for(self._key(number.start - 1), self._layout.lang)

    def _is_model(self, number: Stretch) -> bool:
        """Whether these are digits of a name: right behind the last thing named ("a Glock 19 pistol"), or joined to a
        letter ("M-70, a rifle")."""
        behind = self._behind_another and number.start == self._first
        joined = self._hyphened(number) and self._key(number.start - 2).isalpha()
        return self._key(number.start).isdigit() and (behind or joined)

    def _is_age(self, number: Stretch) -> bool:
        """Whether it stands in brackets or is the start of a word: "the driver N. N. (48)", "një 19-vjeçar"."""
        bracketed = self._key(number.start - 1) == "(" and self._key(number.end) == ")"
        joined = self._key(number.end) == "-" and not self.doc[number.end - 1].whitespace_
        return bracketed or (joined and self._key(number.end + 1).isalpha())

    def _counts_the_next(self, number: Stretch) -> bool:
        """Whether its pieces are of what is named next: "a pistol and 214 pieces of ammunition"."""
        between = self._layout.keys[number.end : self._last]
        return self._before_another and len(between) <= _REACH and not _STOPS.intersection(between)

    def _ends(self, number: Stretch) -> bool:
        """Whether nothing else is counted by it: a stop follows, or a word for pieces."""
        following = self._layout.keys[number.end : number.end + 2]
        return not following or following[0] in _STOPS or are_pieces(following, self._layout.lang)

    def _parted(self, number: Stretch) -> bool:
        """Whether a dash, colon or bracket stands before it: not the hyphen of a model's name, as in "AK-47"."""
        return self._key(number.start - 1) in _DASHES and not self._hyphened(number)

    def _hyphened(self, number: Stretch) -> bool:
        """Whether a hyphen joins it to what stands before."""
        return self._key(number.start - 1) == "-" and not self.doc[number.start - 1].whitespace_

    def _key(self, at: int) -> str:
        return self._layout.keys[at] if 0 <= at < len(self._layout.keys) else ""


_NOT_COUNTED = ""
"""The code of what is named and no piece: a magazine, the weapon a magazine is for. Numbers before it are its own."""


def _named(part: Span) -> list[tuple[str, Stretch]]:
    """The weapons named, and the words that name no kind ("nine firearms"), in order."""
    holders = {holder.start for holder in layout_of(part.doc).holders}
    kinds: list[tuple[str, Stretch]] = []
    holding = False
    for weapon in named_weapons(part):
        holding = holding if weapon.for_ammunition else weapon.found.start in holders
        holding = holding or (weapon.for_ammunition and weapon.found.end in holders)
        code = _NOT_COUNTED if holding else AMMUNITION if weapon.for_ammunition else weapon.code
        kinds.append((code, weapon.found))
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


_OF_CALIBRE = ("kalib", "calib")


def _is_calibre(layout: Layout, number: Stretch) -> bool:
    """Whether a number is a calibre ("7,62 mm", "caliber 9", "7.62 x 39")."""
    keys = layout.keys
    before, after = keys[max(0, number.start - 3) : number.start], keys[number.end : number.end + 2]
    if (
        after[:1] == ["mm"]
        or keys[number.start].endswith("mm")
        or (after[:1] == [","] and all(key.isdigit() for key in (keys[number.start], *after[1:])))
    ):
        return True
    if before[-1:] and before[-1] in _DASHES:  # what stands before the dash is of the thing, not of the number
        return False
    return before[-1:] == ["x"] or any(key.startswith(_OF_CALIBRE) or key in ("cal", "kal") for key in before)
