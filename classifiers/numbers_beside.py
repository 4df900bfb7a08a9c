"""The numbers around a weapon or ammunition that is named: which of them counts it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from spacy.tokens import Doc

from classifiers.pipelines import Layout, Stretch, layout_of, stretch, within
from languages import counting

_REACH = 4
"""Words that may stand between a number and what it counts ("two unregistered hunting rifles")."""
_AFTER = 10
"""Tokens that may stand between what is counted and a number behind it ("cartridges 7.62 x 39 mm – 214 pieces")."""
_BETWEEN = 6
"""Tokens between two things of one list."""
_HOLDERS = 8
"""Tokens that may stand between how many there are of what holds rounds and how many each holds."""
_MOST_HOLDERS = 200
"""More boxes or magazines than this are no number of holders."""
_DASHES = frozenset("-–—:(")
_STOPS = frozenset(",;.()")
_PARTING = frozenset(",;")


class NumbersBeside:
    """The numbers around something named, of its sentence, from `first` to the token before `last`."""

    def __init__(self, doc: Doc, found: Stretch, first: int, last: int) -> None:
        self.doc, self._layout, self._found = doc, layout_of(doc), found
        self._lang = self._layout.lang
        begin, end = self._layout.sentence(found.start)
        self._first, self._last = max(first, begin), min(last, end)
        self._behind_another = first > begin
        self._before_another = last < end

    def counting(self) -> Stretch | None:
        """The number that counts it, if one does."""
        return self._in_a_list() or self._announced() or self._before() or self._written_behind()

    def more(self, before: int) -> list[Stretch]:
        """The numbers of further pieces of the same, `before` that token, which name them no more: "212 cartridges and
        another 46", "64 cartridges of 5.6 mm, 31 pieces of calibre 9"."""
        _, end = self._layout.sentence(self._found.start)
        return [n for n in self._between(self._found.end, min(before, end)) if self._counts_more(n)]

    def _counts_more(self, number: Stretch) -> bool:
        following = self._layout.keys[number.end : number.end + _REACH]
        if counting.are_more(following, self._lang):
            return True
        if counting.are_pieces(following, self._lang):
            return any(key.startswith(_OF_CALIBRE) for key in following)
        another = counting.say_more(self._key(number.start - 1), self._lang)
        return another and not self._counts_the_next(number) and self._names_nothing(number)

    def is_one(self) -> bool:
        """Whether an article stands before it: "a firearm"."""
        return counting.is_article(self._key(self._found.start - 1), self._lang)

    def uncounted(self) -> bool:
        """Whether words before it say that there are several, and not how many."""
        begin = max(self._first, self._found.start - _REACH)
        return counting.says_several(self._layout.keys[begin : self._found.start], self._lang)

    def listed(self) -> bool:
        """Whether it is one more thing behind what was named before: "a pistol and a revolver", not "a pistol of the
        make Beretta"."""
        between = self._layout.keys[self._first : self._found.start]
        parted = any(key == "," or counting.joins(key, self._lang) for key in between)
        another_name = any(counting.says_what_for(key, self._lang) for key in between)
        return self._behind_another and parted and not another_name and len(between) <= _BETWEEN

    def of_boxes(self, number: Stretch) -> bool:
        """Whether the number counts what holds the rounds: "six boxes of cartridges"."""
        return bool(within(self._layout.holders, number.end, self._found.start))

    def each_behind(self) -> Stretch | None:
        """How many each of the boxes before it holds, told behind it: "six boxes of cartridges, fifty in each"."""
        return next((n for n in self._behind() if self._is_of_each(n, n.end)), None)

    def holders(self, number: Stretch) -> int:
        """How many boxes or magazines hold so many rounds each; 1 where none are told."""
        if not self._is_of_each(number, max(number.end, self._found.end)):
            return 1
        begin = max(self._layout.sentence(number.start)[0], number.start - _HOLDERS)
        holding = self._nearest(begin, number.start)
        return holding.value if holding and holding.value <= _MOST_HOLDERS else 1

    def _is_of_each(self, number: Stretch, behind: int) -> bool:
        keys = self._layout.keys
        before = keys[max(self._layout.sentence(number.start)[0], number.start - 2) : number.start]
        return counting.say_each(before, self._lang) or counting.are_each(keys[behind : behind + 3], self._lang)

    def _before(self) -> Stretch | None:
        """The nearest one before it, if no comma parts them ("with two discs, a rifle")."""
        near = self._nearest(self._first, self._found.start, reach=_REACH)
        return near if near and _PARTING.isdisjoint(self._layout.keys[near.end : self._found.start]) else None

    def _in_a_list(self) -> Stretch | None:
        """One behind a dash, a colon or a bracket, as in inventories: "cartridges – 214 pieces", "pistol (1)"."""
        return next((n for n in self._behind() if self._parted(n) and self._ends(n)), None)

    def _announced(self) -> Stretch | None:
        """One behind it that a word announces: "cartridges, counted to the number of 320"."""
        return next(
            (n for n in self._behind() if counting.announces(self._key(n.start - 1), self._lang) and self._ends(n)),
            None,
        )

    def _written_behind(self) -> Stretch | None:
        """One in words behind it, or one of pieces: "pištolja dva, …", "rifles, Zastava M91, six"."""
        for n in self._behind():
            directly = n.start == self._found.end or self._key(n.start - 1) == ","
            pieces = counting.are_pieces(self._layout.keys[n.end : n.end + 2], self._lang) or (
                counting.are_pieces([self._key(n.start - 1)], self._lang) and self._ends(n)
            )
            written = directly and not self._key(n.start).isdigit() and self._ends(n)
            if (pieces or written) and not self._counts_the_next(n):
                return n
        return None

    def _nearest(self, start: int, end: int, *, reach: int = _HOLDERS) -> Stretch | None:
        """The last one from `start` on that no more than `reach` words part from `end`."""
        near = [
            n
            for n in self._between(start, end)
            if end - n.end < reach and not (self._is_model(n) or self._is_age(n) or self._is_joined(n))
        ]
        return near[-1] if near else None

    def _behind(self) -> list[Stretch]:
        return self._between(self._found.end, min(self._last, self._found.end + _AFTER))

    def _between(self, start: int, end: int) -> list[Stretch]:
        """The numbers in tokens `start` to `end` that may count something."""
        numbers = [*within(self._layout.numbers, start, end), *self._about(start, end)]
        numbers.sort(key=lambda n: n.start)
        return [n for n in numbers if not (self._is_of_a_name(n) or self._is_article(n) or self._measures(n))]

    def _is_of_a_name(self, number: Stretch) -> bool:
        """Whether it is a calibre, or its digits and letters are one word: "M70"."""
        joined = any(map(_mixes, self._layout.keys[number.start : number.end]))
        return joined or _is_calibre(self._layout, number)

    def _about(self, start: int, end: int) -> Iterator[Stretch]:
        """Words for about so many: a round number in one word."""
        for at in range(start, end):
            if (value := counting.about(self._layout.keys[at], self._lang)) is not None:
                yield replace(stretch(self.doc, at, at + 1), value=value)

    def _measures(self, number: Stretch) -> bool:
        return counting.measures(self._layout.keys[number.end : number.end + 2], self._lang)

    def _is_article(self, number: Stretch) -> bool:
        """Whether a one is no number: "cartridges for a pistol"."""
        return number.value == 1 and counting.says_what_for(self._key(number.start - 1), self._lang)

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

    def _is_joined(self, number: Stretch) -> bool:
        """Whether it counts what stands before "and": "three grenades and cartridges" says nothing of cartridges, nor
        does "another three and cartridges"."""
        return counting.joins(self._key(number.end), self._lang)

    def _names_nothing(self, number: Stretch) -> bool:
        """Whether no thing of its own follows a number: it ends there, or a place follows."""
        return (
            self._ends(number)
            or self._is_joined(number)
            or counting.leads_to_a_place(self._key(number.end), self._lang)
        )

    def _counts_the_next(self, number: Stretch) -> bool:
        """Whether its pieces are of what is named next: "a pistol and 214 pieces of ammunition"."""
        between = self._layout.keys[number.end : self._last]
        before_another = self._before_another and number.end <= self._last
        return before_another and len(between) <= _REACH and not _STOPS.intersection(between)

    def _ends(self, number: Stretch) -> bool:
        """Whether nothing else is counted by it: a stop follows, or a word for pieces."""
        following = self._layout.keys[number.end : number.end + 2]
        return not following or following[0] in _STOPS or counting.are_pieces(following, self._lang)

    def _parted(self, number: Stretch) -> bool:
        """Whether a dash, colon or bracket stands before it: neither the hyphen of a model's name, as in "AK-47", nor
        the bracket that says a number again, as in "2 (two)"."""
        again = self._key(number.start - 1) == "(" and self._key(number.start - 2).isdigit()
        return self._key(number.start - 1) in _DASHES and not self._hyphened(number) and not again

    def _hyphened(self, number: Stretch) -> bool:
        """Whether a hyphen joins it to what stands before."""
        return self._key(number.start - 1) == "-" and not self.doc[number.start - 1].whitespace_

    def _key(self, at: int) -> str:
        return self._layout.keys[at] if 0 <= at < len(self._layout.keys) else ""


def _mixes(key: str) -> bool:
    return any(ch.isdigit() for ch in key) and any(ch.isalpha() for ch in key)


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
    nearest = list(takewhile(lambda key: not key[:1].isdigit() and key not in _PARTING, reversed(before)))
    return before[-1:] == ["x"] or any(key.startswith(_OF_CALIBRE) or key in ("cal", "kal") for key in nearest)
