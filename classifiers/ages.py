"""The ages an article tells: numbers of years, years of birth, ages in one word, and lists of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from spacy.tokens import Span

from classifiers.pipelines import Layout, Stretch, layout_of, within
from languages.ages import (
    age_in,
    announcing_bare,
    announcing_birth,
    announcing_one,
    announcing_other,
    announcing_years,
    are_about,
    are_between,
    are_counting,
    birth_follows,
    ends_as_a_trade,
    goes_on,
    has_number,
    lasts_for_years,
    may_precede_years,
    years_follow,
)
from languages.counting import is_article, joins
from languages.numbers import joins_numbers
from languages.persons import begins_another

_LEAST, MOST_YEARS = 1, 105
_TENS = range(20, 100, 10)
_NEAR = 2
"""Words after an age within which it may turn out to be that of a thing ("petogodišnja zatvorska kazna")."""
_WORDS = 6
"""Tokens beside a number in which the words for years or birth stand."""
INITIALS = "initials"
"""The label of words about a person that are initials or a name with one: only behind these is a bare year in brackets
one of birth."""
_IN_BRACKETS = (("(", ")"), ("(", ","), (",", ","))
"""Marks on both sides of an age without any word."""
_LEAST_IN_WORDS = 5
"""What an age in words is at least that no word for years follows: smaller ones count persons ("one of two")."""
_PAUSES = frozenset(',.;:()–—"”“»')
_LEAST_OF_UNKNOWN = 10
"""What an age is at least behind a word that is not known to be about a person."""
_NEAR_PERSON = 4
"""Tokens from the end of the last words about a person to an age that has no words of its own."""


class Age(NamedTuple):
    """Tokens `start` to `end` that tell an age in years, or one for each of several persons, and the sex of one whose
    form tells it."""

    start: int
    end: int
    years: tuple[int, ...]
    sex: str = "unreported"


def ages(part: Span, people: Sequence[Stretch]) -> list[Age]:
    """Every age in `part`, in order; `people` are the words in it that are about persons, in order,
    labelled `INITIALS` where they are."""
    found = [*_in_numbers(part, people), *_in_words(layout_of(part.doc), part)]
    return sorted(found, key=lambda age: age.start)


def _in_numbers(part: Span, people: Sequence[Stretch]) -> Iterator[Age]:
    layout = layout_of(part.doc)
    dated = {token for day in within(layout.dates, part.start, part.end) for token in range(day.start, day.end)}
    runs = list(_runs(layout, [n for n in within(layout.numbers, part.start, part.end) if n.start not in dated]))
    said = [_said(layout, run, people) for run in runs]
    in_full = any(age is not None and not _by_commas(layout, age) for age in said)
    for run, age in zip(runs, said, strict=True):
        told = age or _bare(layout, run, people, in_full=in_full)
        if told is not None:
            yield told


def _by_commas(layout: Layout, age: Age) -> bool:
    """Whether nothing but a comma on both sides tells an age: a list of scorers has minutes there."""
    return (layout.key(age.start - 1), layout.key(age.end)) == (",", ",")


def _runs(layout: Layout, numbers: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """The numbers, those of one list together."""
    run: list[Stretch] = []
    for number in numbers:
        if run and not _are_listed(layout, run[-1], number):
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _are_listed(layout: Layout, first: Stretch, second: Stretch) -> bool:
    """Whether a comma or "and" parts two numbers and nothing else: "27 and 30 years", "born in 1989. and 1992."."""
    between = layout.keys[first.end : second.start]
    years = (first.value > MOST_YEARS, second.value > MOST_YEARS)
    if years[0] != years[1] or _in_digits(layout, first) != _in_digits(layout, second):
        return False
    if years[0] and between[:1] == ["."]:
        between = between[1:]
    others = [key for key in between if not _parts(key, layout.lang)]
    return len(others) < len(between) and all(may_precede_years(key, layout.lang) for key in others)


def _parts(key: str, lang: str) -> bool:
    return key == "," or joins(key, lang) or (begins_another(key, lang) and not is_article(key, lang))


def _said(layout: Layout, run: Sequence[Stretch], people: Sequence[Stretch]) -> Age | None:
    """The ages that words or marks beside a list of numbers say it tells; years of birth as what they make a person in
    the year of publication (LABELLING rule 15)."""
    first, last = run[0], run[-1]
    behind = layout.keys[last.end : last.end + _WORDS]
    if _are_ages(run):
        before = _before(layout, first)
        if are_about(before, layout.lang) or (len(run) > 1 and are_between(before, layout.lang)):
            return None
        words = announcing_years(before, layout.lang)
        marks = (layout.key(first.start - 1), layout.key(last.end))
        of_thing = marks[0] == "," and _is_of_thing(layout, before)
        in_brackets = marks in _IN_BRACKETS and not (_is_said_again(layout, first) or of_thing)
        if words or in_brackets or years_follow(behind, layout.lang):
            return Age(_words_before(layout, first, words), last.end, tuple(n.value for n in run))
        return None
    if layout.published is None or not all(_LEAST <= layout.published.year - n.value <= MOST_YEARS for n in run):
        return None
    words = announcing_birth(_before(layout, first), layout.lang)
    bracketed = layout.key(first.start - 1) == "(" and layout.key(last.end) in _PAUSES
    of_initials = any(one.label == INITIALS and one.end == first.start - 1 for one in people)
    if words or birth_follows(behind, layout.lang) or (bracketed and of_initials):
        born = [layout.published.year - int(n.value) for n in run]
        return Age(_words_before(layout, first, words), last.end, tuple(born))
    return None


def _is_said_again(layout: Layout, number: Stretch) -> bool:
    """Whether a number in brackets is the one before them in figures: "three (3) rifles"."""
    before = within(layout.numbers, max(number.start - _WORDS, 0), number.start)
    return any(other.end == number.start - 1 and other.value == number.value for other in before)


def _is_of_thing(layout: Layout, before: Sequence[str]) -> bool:
    """Whether the search keys right before a number name a thing with a number of its own: "line 45", "street, 12"."""
    return any(has_number(key, layout.lang) for key in before[-_NEAR:])


def _bare(layout: Layout, run: Sequence[Stretch], people: Sequence[Stretch], *, in_full: bool) -> Age | None:
    """The ages that numbers tell though no word for years is beside them: "the driver, 50.", "he is 23", or "a man of
    67" where nothing follows that they could count."""
    before = _before(layout, run[0])
    counts = run[0].value < _LEAST_IN_WORDS and not _in_digits(layout, run[0])
    if not _are_ages(run) or counts or not _ends(layout, run) or are_about(before, layout.lang):
        return None
    if _is_of_thing(layout, before):
        return None
    told = tuple(n.value for n in run)
    words = 0 if _goes_on(layout, run[-1].end) else announcing_bare(before, layout.lang)
    of_two = _one_of_two(before, layout.lang)
    if of_two and _two_are_told(layout, run[0]):
        words = of_two
    if words:
        return Age(_words_before(layout, run[0], words), run[-1].end, told)
    start = _words_before(layout, run[0], 0)
    if of_two or announcing_bare(before, layout.lang):
        return None
    if start < run[0].start and are_counting(layout.keys[max(0, start - _NEAR) : start], layout.lang):
        return None
    near = _follow_person(layout, run, people)
    if start == run[0].start:
        is_told = _in_digits(layout, run[0]) and _stands_beside(layout, run, people, near=near, in_full=in_full)
    else:
        is_told = near or (in_full and layout.key(start - 1) == ",") or _follow_one(layout, run, start)
    return Age(start, run[-1].end, told) if is_told else None


def _one_of_two(before: Sequence[str], lang: str) -> int:
    """With how many words for one or the other of two the search keys before a number end."""
    return announcing_one(before, lang) or announcing_other(before, lang)


def _two_are_told(layout: Layout, number: Stretch) -> bool:
    """Whether both are told in the sentence, each with a number: "one of 20 and the other of 25"; one alone is of so
    many ("one of 12 was held")."""
    told = [_before(layout, one) for one in within(layout.numbers, *layout.sentence(number.start))]
    both = all(any(said(keys, layout.lang) for keys in told) for said in (announcing_one, announcing_other))
    return both and sum(_one_of_two(keys, layout.lang) > 0 for keys in told) > 1


def _stands_beside(
    layout: Layout, run: Sequence[Stretch], people: Sequence[Stretch], *, near: bool, in_full: bool
) -> bool:
    """Whether numbers are set beside a person by a comma, or stand right behind one or beside any word that may be one
    where another age is told in full."""
    start = run[0].start
    if layout.key(start - 1) == ",":
        marked = layout.key(run[-1].end) in _PAUSES
        return near or (in_full and marked and _may_follow_person(layout, run, start))
    return in_full and any(one.end == start for one in people)


def _follow_one(layout: Layout, run: Sequence[Stretch], start: int) -> bool:
    """Whether an article and a word for a trade stand before "of" and a number: "a miner of 45"."""
    if not ends_as_a_trade(layout.key(start - 1), layout.lang):
        return False
    begin = max(layout.sentence(start)[0], start - _NEAR_PERSON)
    ones = {number.start for number in within(layout.numbers, begin, start) if number.value == 1}
    articles = [at for at in range(begin, start - 1) if at in ones or is_article(layout.keys[at], layout.lang)]
    return bool(articles) and all(layout.words[articles[-1] : start]) and _may_follow_person(layout, run, start)


def _may_follow_person(layout: Layout, run: Sequence[Stretch], start: int) -> bool:
    """Whether nothing before numbers in digits, or before the word that leads to them at `start`, says that they are of
    a place, a street, a line or another thing: then an unknown word there is most often a person's trade or name."""
    begin = max(layout.sentence(start)[0], start - _NEAR_PERSON)
    return (
        _in_digits(layout, run[0])
        and run[0].value >= _LEAST_OF_UNKNOWN
        and begin < start - 1
        and not within(layout.places, begin, start)
        and not any(has_number(key, layout.lang) for key in layout.keys[begin:start])
        and not any(key.isdigit() for key in layout.keys[start - 2 : start])
        and all(term.kind == "context" for term in layout.terms_in(start - 2, start))
    )


def _ends(layout: Layout, run: Sequence[Stretch]) -> bool:
    """Whether nothing that they could count follows some numbers."""
    after = layout.key(run[-1].end)
    if after == ".":
        return "\n" in layout.key(run[-1].end + 1) or layout.sentence(run[0].start)[1] <= run[-1].end + 1
    return not after or after in _PAUSES or joins(after, layout.lang) or goes_on(after, layout.lang)


def _goes_on(layout: Layout, at: int) -> bool:
    """Whether what a number is told of goes on at a token without a pause, and no other begins there."""
    return goes_on(layout.key(at), layout.lang) and not begins_another(layout.key(at), layout.lang)


def _in_digits(layout: Layout, number: Stretch) -> bool:
    return layout.figures[number.start]


def _are_ages(run: Sequence[Stretch]) -> bool:
    return all(_LEAST <= n.value <= MOST_YEARS for n in run)


def _follow_person(layout: Layout, run: Sequence[Stretch], people: Sequence[Stretch]) -> bool:
    """Whether words about a person end shortly before, in the same sentence."""
    first = run[0].start
    begin = max(layout.sentence(first)[0], first - _NEAR_PERSON)
    return any(begin < one.end <= first for one in people)


def _words_before(layout: Layout, number: Stretch, words: int) -> int:
    """The token at which so many words before a number begin, or the word that may precede it ("*de* 27 de ani")."""
    start = number.start
    if not words and may_precede_years(layout.key(start - 1), layout.lang):
        return start - 1
    while words:
        start -= 1
        words -= layout.words[start]
    return start


def _in_words(layout: Layout, part: Span) -> Iterator[Age]:
    """Ages in one word, or with the tens before it: "dvadeset dvogodišnji"."""
    for at in range(part.start, part.end):
        told = age_in(layout.keys[at], layout.lang)
        following = layout.keys[at + 1 : at + 1 + _NEAR]
        if told is None or (not told.person and any(lasts_for_years(key, layout.lang) for key in following)):
            continue
        tens = next((n for n in within(layout.numbers, max(at - 3, part.start), at) if _belongs(layout, n, at)), None)
        start, age = (tens.start, tens.value + told.age) if tens and told.age < 10 else (at, told.age)
        yield Age(start, at + 1, (age,), told.sex)


def _belongs(layout: Layout, tens: Stretch, at: int) -> bool:
    """Whether tens stand right before the unit at `at`, or with an "and" between."""
    between = layout.keys[tens.end : at]
    return tens.value in _TENS and len(between) < 2 and all(joins_numbers(key, layout.lang) for key in between)


def _before(layout: Layout, number: Stretch) -> list[str]:
    return layout.keys[max(0, number.start - _WORDS) : number.start]
