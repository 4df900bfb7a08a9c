"""The numbers around a weapon or ammunition that is named: which of them counts it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, takewhile

from spacy.tokens import Doc

from classifiers.ages import MOST_YEARS
from classifiers.ammunition import QUOTES
from classifiers.pipelines import Layout, Stretch, layout_of, stretch, within
from languages import counting

_REACH = 4
"""Words that may stand between a number and what it counts ("two unregistered hunting rifles")."""
_AFTER = 10
"""Tokens that may stand between what is counted and a number behind it ("cartridges 7.62 x 39 mm – 214 pieces")."""
_HOLDERS = 8
"""Tokens that may stand between how many there are of what holds rounds and how many each holds."""
_MOST_HOLDERS = 200
"""More boxes or magazines than this are no number of holders."""
_DASHES = frozenset("-–—:(")
_STOPS = frozenset(",;.():")
_PARTING = frozenset(",;")
_CALIBRE_STEMS = ("kalib", "calib")
_MOST_CALIBRES = 9
"""More than this are rounds of a calibre, not different calibres: "200 of calibre 9 mm", "of six calibres"."""
_OTHER_CALIBRES = 2
"""Words from a further number to "of other calibres"."""
_LONGEST_PHRASE = 2
"""Words of the longest phrase for several ("mai multe")."""
_SAME_WORD = 4
"""Letters by which a word is known again in another form."""
_FEW = 5
"""Numbers in words from which it is rounds that they count where nothing is named: fewer may be persons."""


class NumbersBeside:
    """The numbers around something named, of its sentence, from `first` to the token before `last`."""

    def __init__(self, doc: Doc, found: Stretch, first: int, last: int) -> None:
        self.doc, self._layout, self._found = doc, layout_of(doc), found
        self._lang = self._layout.lang
        begin, end = self._layout.sentence(found.start)
        self._first, self._last = max(first, begin), min(last, end)
        self._behind_another = first > begin
        self._before_another = last < end

    def number(self) -> Stretch | None:
        """The number that counts it, if one does."""
        return self._in_a_list() or self._before() or self._written_behind()

    def of_rounds(self, number: Stretch | None) -> Stretch | None:
        """The same where it is rounds: a one before them often counts what they lay in ("in a sock were rounds, 214 in
        number")."""
        behind = self._written_behind() if number is not None and number.value == 1 else None
        return behind or number

    def of_its_kind(self, number: Stretch | None) -> list[Stretch]:
        """The numbers of others of its kind that an adjective alone names, before it with its `number` or behind: "two
        automatic and three hunting rifles", "a hunting rifle and two automatic"."""
        first = number.start if number is not None and number.end <= self._found.start else self._found.start
        numbers = within(self._layout.numbers, self._first, self._last)
        before = [n for n in numbers if n.end + 2 == first and self._is_a_kind(n) and self._parts_things(first - 1)]
        behind = [n for n in numbers if n.start == self._found.end + 1 and self._is_a_kind(n)]
        return [*before, *(n for n in behind if self._joins(self._found.end) and self._parts_things(n.end + 1))]

    def _is_a_kind(self, number: Stretch) -> bool:
        return counting.names_a_kind(self._layout.key(number.end), self._lang)

    def _joins(self, at: int) -> bool:
        return counting.joins(self._layout.key(at), self._lang)

    def _parts_things(self, at: int) -> bool:
        """Whether nothing more belongs to what is named before a token: a mark, a joining word or a place follows."""
        key = self._layout.key(at)
        ends = at >= self._layout.sentence(self._found.start)[1] or key in _STOPS
        return ends or self._joins(at) or counting.leads_to_a_place(key, self._lang)

    def announced(self) -> Stretch | None:
        """The number of rounds that a word announces behind them: "cartridges, 320 in total"."""
        return next((n for n in self._behind() if self._is_announced(n)), None)

    def more(self, before: int) -> list[Stretch]:
        """The numbers of further rounds, `before` that token, which name them no more: "212 cartridges and another 46",
        "64 cartridges of 5.6 mm, 31 pieces of calibre 9". None where they are parts of those before ("of them 40")."""
        _, end = self._layout.sentence(self._found.start)
        found = [n for n in self._between(self._found.end, min(before, end)) if self._counts_more(n)]
        told = self._layout.keys[self._found.end : found[0].start] if found else []
        return [] if counting.tell_of_parts(told, self._lang) else found

    def are_several(self) -> bool:
        """Whether a word right before it says that there are several, and not how many."""
        begin = max(self._first, self._found.start - _LONGEST_PHRASE)
        return counting.say_several(self._layout.keys[begin : self._found.start], self._lang)

    def is_joined_to(self, before: Stretch) -> bool:
        """Whether it is one more thing beside what was named before: "a pistol and a revolver". The same word again, or
        a name behind a comma, is the same thing."""
        between = [key for key in self._layout.keys[self._first : self._found.start] if key not in QUOTES]
        joiners = [key for key in between if counting.joins(key, self._lang)]
        others = len(between) - len(joiners)
        most = 0 if self.doc[self._found.start].is_title else 1
        return self._is_another(before) and len(joiners) == 1 and others <= most

    def is_one_more(self, before: Stretch) -> bool:
        """Whether it is one more thing behind several that were counted: "two pistols, a hunting rifle"; not the same
        word again, nor a name, which may be that of one of them."""
        parted = self._layout.key(self._first) == ","
        article = counting.is_article(self._layout.key(self._first + 1), self._lang)
        return self._is_another(before) and parted and article and not self.doc[self._found.start].is_title

    def _is_another(self, before: Stretch) -> bool:
        """Whether it is another word than the one named before in its sentence."""
        return self._behind_another and not are_one_word(self._layout, before, self._found)

    def of_boxes(self, number: Stretch) -> bool:
        """Whether the number counts what holds the rounds: "six boxes of cartridges"."""
        return bool(within(self._layout.holders, number.end, self._found.start))

    def each_behind(self) -> Stretch | None:
        """How many each of the boxes before it holds, told behind it: "six boxes of cartridges, fifty in each"."""
        return next((n for n in self._behind() if self._is_of_each(n, n.end) and not self._counts_the_next(n)), None)

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
        """The nearest one before it, unless a comma begins another thing: "with two discs, a rifle"; not in "five old,
        rusty rifles"."""
        near = self._nearest(self._first, self._found.start, reach=_REACH)
        if near is None:
            return None
        between = self._layout.keys[near.end : self._found.start]
        ends = between[-1:] and between[-1] in _PARTING
        another = any(first in _PARTING and counting.joins(second, self._lang) for first, second in pairwise(between))
        of_persons = between[:1] == [")"] and self._layout.key(near.start - 1) != "("  # "two brothers (30 and 34)"
        of_others = between[:1] and between[0] in _DASHES and self._say_what_for(between[1:])
        return None if ends or another or of_persons or of_others else near

    def _say_what_for(self, keys: list[str]) -> bool:
        return any(counting.says_what_for(key, self._lang) for key in keys)

    def _in_a_list(self) -> Stretch | None:
        """One behind a dash, a colon or a bracket, as in inventories: "cartridges – 214 pieces", "pistol (1)"."""
        return next(
            (n for n in self._behind() if self._parted(n) and self._ends(n) and not self._is_of_person(n)), None
        )

    def _is_of_person(self, number: Stretch) -> bool:
        """Whether a number in brackets is an age: other things are named between it and what is counted ("the rounds
        that officers found on a driver (61)")."""
        words = sum(self._layout.words[self._found.end : number.start])
        return self._is_age(number) and number.value <= MOST_YEARS and words >= _REACH

    def _counts_more(self, number: Stretch) -> bool:
        if self._counts_the_next(number) or self._may_be_persons(number):
            return False
        following = self._layout.keys[number.end : number.end + _REACH]
        calibre = next((n for n, key in enumerate(following) if key.startswith(_CALIBRE_STEMS)), None)
        if self._is_of_a_calibre(number, following, calibre):
            return True
        if counting.are_pieces(following, self._lang):
            return calibre in (1, 2)
        more = counting.are_more(following, self._lang) or counting.say_more(
            self._layout.key(number.start - 1), self._lang
        )
        leads_on = counting.leads_to_a_place(self._layout.key(number.end), self._lang)
        return more and (self._ends(number) or leads_on or calibre == _OTHER_CALIBRES)

    def _is_of_a_calibre(self, number: Stretch, following: list[str], calibre: int | None) -> bool:
        """Whether it counts rounds of a calibre told behind it: "110 of calibre .22". In "50 rounds of 12 calibre" the
        number is the calibre."""
        if calibre is None or calibre > 1 or number.value <= _MOST_CALIBRES:
            return False
        between, behind = following[:calibre], "".join(following[calibre + 1 : calibre + 3])
        return all(map(str.isalpha, between)) and behind.lstrip(".")[:1].isdigit()

    def _is_announced(self, number: Stretch) -> bool:
        announced = counting.announces(self._layout.key(number.start - 1), self._lang)
        return announced and self._ends(number) and not self._may_be_persons(number)

    def _may_be_persons(self, number: Stretch) -> bool:
        """Whether a number that names nothing may count persons: a small one in words, or one that counts only them."""
        word = self._layout.key(number.start)
        return not word.isdigit() and (number.value < _FEW or counting.counts_persons(word, self._lang))

    def _written_behind(self) -> Stretch | None:
        """One in words behind it, or one of pieces: "pištolja dva, …", "rifles, Zastava M91, six"."""
        for n in self._behind():
            before = self._layout.key(n.start - 1)
            directly = n.start == self._found.end or before == "," or before.startswith(_CALIBRE_STEMS)
            pieces = counting.are_pieces(self._layout.keys[n.end : n.end + 2], self._lang) or (
                counting.are_pieces([self._layout.key(n.start - 1)], self._lang) and self._ends(n)
            )
            written = directly and not self._layout.figures[n.start] and self._ends(n)
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
        near = self._between(self._found.end, self._last)
        return [n for n in near if n.start < self._found.end + _AFTER]

    def _between(self, start: int, end: int) -> list[Stretch]:
        """The numbers in tokens `start` to `end` that may count something."""
        numbers = [*within(self._layout.numbers, start, end), *self._about(start, end)]
        numbers.sort(key=lambda n: n.start)
        return [n for n in numbers if not self._counts_nothing(n)]

    def _counts_nothing(self, number: Stretch) -> bool:
        """Whether it belongs to a name, a date or a measure, or is no number at all."""
        of_a_day = number.start in self._layout.day_words
        return of_a_day or self._is_of_a_name(number) or self._is_article(number) or self._measures(number)

    def _is_of_a_name(self, number: Stretch) -> bool:
        """Whether it is a calibre, or its digits and letters are one word: "M70"."""
        joined = any(map(_mixes, self._layout.keys[number.start : number.end]))
        return joined or _is_calibre(self._layout, number)

    def _about(self, start: int, end: int) -> Iterator[Stretch]:
        """Words for about so many: a round number in one word."""
        for at in range(start, end):
            if (value := counting.about(self._layout.keys[at], self._lang)) is not None:
                yield stretch(self.doc, at, at + 1, value=value)

    def _measures(self, number: Stretch) -> bool:
        return counting.measures(self._layout.keys[number.end : number.end + 2], self._lang)

    def _is_article(self, number: Stretch) -> bool:
        """Whether a one is no number: "cartridges for a pistol"."""
        return number.value == 1 and counting.says_what_for(self._layout.key(number.start - 1), self._lang)

    def _is_model(self, number: Stretch) -> bool:
        """Whether these are digits of a name: right behind the last thing named ("a Glock 19 pistol"), or joined to a
        letter ("M-70, a rifle")."""
        behind = self._behind_another and number.start == self._first
        joined = self._hyphened(number) and self._layout.key(number.start - 2).isalpha()
        return self._layout.figures[number.start] and (behind or joined)

    def _is_age(self, number: Stretch) -> bool:
        """Whether it stands in brackets or is the start of a word: "the driver N. N. (48)", "një 19-vjeçar"."""
        again = self._layout.key(number.start - 2).isdigit()  # "120 (one hundred and twenty) rounds"
        bracketed = self._layout.key(number.start - 1) == "(" and self._layout.key(number.end) == ")" and not again
        joined = self._layout.key(number.end) == "-" and not self.doc[number.end - 1].whitespace_
        return bracketed or (joined and self._layout.key(number.end + 1).isalpha())

    def _is_joined(self, number: Stretch) -> bool:
        """Whether it counts what stands before "and": "another three and cartridges" says nothing of cartridges, but
        "twenty or more cartridges" does."""
        behind = [self._layout.key(number.end + 1)]
        or_more = counting.say_several(behind, self._lang) or counting.are_more(behind, self._lang)
        return counting.joins(self._layout.key(number.end), self._lang) and not or_more

    def _counts_the_next(self, number: Stretch) -> bool:
        """Whether its pieces are of what is named next: "a pistol and 214 pieces of ammunition"."""
        near = self._before_another and 0 <= self._last - number.end <= _REACH
        return near and _STOPS.isdisjoint(self._layout.keys[number.end : self._last])

    def _ends(self, number: Stretch) -> bool:
        """Whether nothing else is counted by it: a stop follows, or a word for pieces."""
        following = self._layout.keys[number.end : number.end + 2]
        return not following or following[0] in _STOPS or counting.are_pieces(following, self._lang)

    def _parted(self, number: Stretch) -> bool:
        """Whether a dash, colon or bracket stands before it: neither the hyphen of a model's name, as in "AK-47", nor
        the bracket that says a number again, as in "2 (two)"."""
        before = number.start - 1
        if counting.is_article(self._layout.key(before), self._lang):  # "o mie", a thousand
            before -= 1
        again = self._layout.key(before) == "(" and self._layout.key(before - 1).isdigit()
        return self._layout.key(before) in _DASHES and not self._hyphened(number) and not again

    def _hyphened(self, number: Stretch) -> bool:
        """Whether a hyphen joins it to what stands before."""
        return self._layout.key(number.start - 1) == "-" and not self.doc[number.start - 1].whitespace_


def are_one_word(layout: Layout, first: Stretch, second: Stretch) -> bool:
    """Whether two stretches begin with one word, perhaps in another form."""
    return layout.keys[first.start][:_SAME_WORD] == layout.keys[second.start][:_SAME_WORD]


def _mixes(key: str) -> bool:
    return any(ch.isdigit() for ch in key) and any(ch.isalpha() for ch in key)


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
    nearest = list(
        takewhile(
            lambda key: not (key[:1].isdigit() or key in _PARTING or counting.joins(key, layout.lang)), reversed(before)
        )
    )
    return before[-1:] == ["x"] or any(key.startswith(_CALIBRE_STEMS) or key in ("cal", "kal") for key in nearest)
