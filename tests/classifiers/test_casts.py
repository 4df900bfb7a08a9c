"""Persons counted from the whole and found in the words: the counts add up, whatever a judge says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Span

from classifiers.casts import Person, perpetrators, victims, with_age_left
from classifiers.judges import Shares
from classifiers.persons import PERPETRATOR, named
from classifiers.pipelines import Stretch, stretch
from classifiers.questions import MANY
from classifiers.roles import stretches
from tests.classifiers.encoder.texts import doc_of

NUMBERS = [str(n) for n in range(MANY)] + [f"{MANY}+"]
OUTCOMES = ("killed", "injured", "other victims")
SEXES = ("women", "men", "unmarked")
ROLES = ("none", "perpetrator", "killed", "injured", "threatened", "unharmed")


@dataclass
class Says:
    """A judge who answers as told: the whole by question, a stretch by question and the words it holds."""

    whole: Mapping[str, Shares] = field(default_factory=dict)
    told: Mapping[tuple[str, str], Shares] = field(default_factory=dict)
    marked: Mapping[str, Stretch] = field(default_factory=dict)

    def of_part(self, question: str, part: Span) -> Shares:
        return dict(self.whole.get(question, {"0": 0.97, **dict.fromkeys(NUMBERS[1:], 0.01)}))

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:
        words = part.doc.text[found.start_char : found.end_char] if found else ""
        for (asked, held), shares in self.told.items():
            if asked == question and held in words:
                return dict(shares)
        return {"none": 1.0} if question == "person" else {"unreported": 1.0}

    def words(self, field: str, part: Span) -> Stretch | None:
        return self.marked.get(field)


def _sure(number: int) -> Shares:
    label = NUMBERS[min(number, MANY)]
    return {one: 0.96 if one == label else 0.01 for one in NUMBERS}


def _counts(**numbers: int) -> dict[str, Shares]:
    return {question.replace("_", " "): _sure(number) for question, number in numbers.items()}


def _victims(text: str, judge: Says) -> list[Person]:
    part = doc_of(text)[:]
    return victims(part, judge, stretches(part, judge))


def _perpetrators(text: str, judge: Says) -> list[Person]:
    part = doc_of(text)[:]
    return perpetrators(part, judge, stretches(part, judge))


def _words(text: str, people: list[Person]) -> list[str]:
    doc = doc_of(text)
    return [doc.text[p.found.start_char : p.found.end_char] if p.found else "" for p in people]


SHARES = st.lists(st.floats(0, 1), min_size=MANY + 1, max_size=MANY + 1).map(
    lambda odds: {label: (odd + 1e-5) / (sum(odds) + 5e-5) for label, odd in zip(NUMBERS, odds, strict=True)}
)
WHOLE = st.fixed_dictionaries(dict.fromkeys((*OUTCOMES, *SEXES, "perpetrators"), SHARES))
TOLD = st.fixed_dictionaries(
    {
        ("person", "M"): st.sampled_from([{role: 0.9, "none": 0.1} for role in ROLES[1:]]),
        ("person", "ž"): st.sampled_from([{role: 0.9, "none": 0.1} for role in ROLES[1:]]),
        ("sex", "M"): st.just({"male": 0.9, "female": 0.05, "unreported": 0.05}),
        ("sex", "ž"): st.just({"male": 0.05, "female": 0.9, "unreported": 0.05}),
    }
)
STORIES = st.sampled_from(
    [
        "Muškarac (45) i žena (40) ranjeni su u Nišu.",
        "Muškarac je ubio ženu, pa sebe. Žena (40) je preminula.",
        "Pet muškaraca ranjeno je u kafani.",
        "Čulo se više hitaca.",
    ]
)


@settings(max_examples=40)
@given(text=STORIES, whole=WHOLE, told=TOLD)
def test_victims_by_outcome_and_by_sex_are_as_many(
    text: str, whole: dict[str, Shares], told: dict[tuple[str, str], Shares]
) -> None:
    people = _victims(text, Says(whole, told))
    by_outcome, by_sex = Counter(p.role for p in people), Counter(p.sex for p in people)
    assert sum(by_outcome.values()) == sum(by_sex.values()) == len(people)
    assert set(by_sex) <= {"female", "male", "unreported"}
    assert not set(by_outcome) & {"none", PERPETRATOR, "other"}
    assert all(0 <= p.confidence <= 1 and 0 <= p.sex_confidence <= 1 for p in people)
    offenders = _perpetrators(text, Says(whole, told))
    assert {p.role for p in offenders} <= {PERPETRATOR}


@settings(max_examples=40)
@given(killed=st.integers(0, 3), injured=st.integers(0, 3), other=st.integers(0, 3), data=st.data())
def test_counts_the_judge_is_sure_of_and_that_add_up_stand(
    killed: int, injured: int, other: int, data: st.DataObject
) -> None:
    total = killed + injured + other
    women = data.draw(st.integers(max(0, total - 6), min(3, total)))
    men = data.draw(st.integers(max(0, total - women - 3), min(3, total - women)))
    counts = {"women": women, "men": men, "unmarked": total - women - men}
    counts |= {"killed": killed, "injured": injured, "other_victims": other}
    people = _victims("Čulo se više hitaca.", Says(_counts(**counts)))
    outcomes = Counter(p.role for p in people)
    assert (outcomes["killed"], outcomes["injured"], outcomes["threatened"]) == (killed, injured, other)
    sexes = Counter(p.sex for p in people)
    assert (sexes["female"], sexes["male"], sexes["unreported"]) == (women, men, total - women - men)


@pytest.mark.parametrize(("share", "injured"), [(0.6, 7), (0.4, 1)])
def test_a_large_number_of_persons_is_believed_where_their_part_is_sure(share: float, injured: int) -> None:
    told = {("person", "Sedam"): {"injured": share, "none": 1 - share}, ("sex", "Sedam"): {"unreported": 1.0}}
    people = _victims("Sedam osoba ranjeno je u kafani.", Says(_counts(injured=1, unmarked=1), told))
    assert Counter((p.role, p.sex) for p in people) == {("injured", "unreported"): injured}


@pytest.mark.parametrize(
    ("counts", "people"),
    [
        ({"killed": 1, "injured": 4, "men": 5}, {("killed", "male"): 1, ("injured", "male"): 4}),
        ({"injured": 6, "women": 2, "men": 4}, {("injured", "female"): 2, ("injured", "male"): 4}),
    ],
)
def test_so_many_or_more_of_one_sex_may_have_different_fates(
    counts: Mapping[str, int], people: Mapping[tuple[str, str], int]
) -> None:
    found = Counter((p.role, p.sex) for p in _victims("Čulo se više hitaca.", Says(_counts(**counts))))
    assert found == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ranjeno je šest muškaraca i šest žena.", {("injured", "male"): 6, ("injured", "female"): 6}),
        ("Pet muškaraca je ranjeno, četiri muškarca teško.", {("injured", "male"): 5}),
    ],
)
def test_groups_of_both_sexes_are_added_and_parts_of_one_are_not(
    text: str, people: Mapping[tuple[str, str], int]
) -> None:
    told = {
        **{("person", words): {"injured": 0.9, "none": 0.1} for words in ("muškar", "žena")},
        ("sex", "muškar"): {"male": 1.0},
        ("sex", "žena"): {"female": 1.0},
    }
    judge = Says(_counts(injured=4, men=4, women=4 * ("žena" in text)), told)
    assert Counter((p.role, p.sex) for p in _victims(text, judge)) == people


@pytest.mark.parametrize(("many", "unhurt"), [(True, 5), (False, 1)])
def test_of_those_in_a_house_so_many_are_victims_as_the_judge_allows(many: bool, unhurt: int) -> None:
    told = {("person", "Pet"): {"unharmed": 0.9, "none": 0.1}, ("sex", "Pet"): {"unreported": 1.0}}
    counts = _counts(other_victims=4 if many else 1, unmarked=4 if many else 1)
    people = _victims("Pet ukućana je spavalo.", Says(counts, told))
    assert [p.role for p in people] == ["unharmed"] * unhurt


@pytest.mark.parametrize(
    ("lang", "text", "most"),
    [
        ("hbs", "Ispalio je sedam metaka u vozača.", 1),
        ("mk", "Најдени се три килограми дрога кај жена.", 1),
        ("en", "Three armed men robbed a bank.", 3),
        ("en", "Two gunmen fled.", 2),
        ("hbs", "Tri naoružana muškarca su ušla.", 3),
        ("mk", "Тројца вооружени мажи влегле.", 3),
        ("hbs", "Dva snajperista su pobjegla.", 2),
    ],
)
def test_bullets_and_measures_are_nobody_and_armed_men_are(lang: str, text: str, most: int) -> None:
    assert max(one.count for one in named(doc_of(text, lang)[:])) == most


@pytest.mark.parametrize(
    ("lang", "text"),
    [("hbs", "Do pucnjave je došlo u 10 časova."), ("en", "A girl of 12 was hurt."), ("en", "A boy of six was hurt.")],
)
def test_hours_and_ages_count_nobody(lang: str, text: str) -> None:
    assert all(one.count == 1 for one in named(doc_of(text, lang)[:]))


def test_each_victim_rests_on_the_stretch_that_tells_of_it() -> None:
    text = "Muškarac (45) je ubijen, a žena (40) je ranjena u Nišu."
    told = {
        ("person", "Muškarac"): {"killed": 0.9, "injured": 0.1},
        ("person", "žena"): {"injured": 0.9, "killed": 0.1},
        ("sex", "Muškarac"): {"male": 1.0},
        ("sex", "žena"): {"female": 1.0},
    }
    people = _victims(text, Says(_counts(killed=1, injured=1, women=1, men=1), told))
    assert {(p.role, p.sex, p.age) for p in people} == {("killed", "male", 45), ("injured", "female", 40)}
    words = dict(zip((p.sex for p in people), _words(text, people), strict=True))
    assert "Muškarac" in words["male"]
    assert "žena" in words["female"]


def test_two_victims_do_not_rest_on_one_stretch_while_another_fits() -> None:
    text = "Ubijeni su muškarac (45). Ubijen je i muškarac (60)."
    told = {("person", "muškarac"): {"killed": 0.9, "none": 0.1}, ("sex", "muškarac"): {"male": 1.0}}
    people = _victims(text, Says(_counts(killed=2, men=2), told))
    assert sorted(p.age or 0 for p in people) == [45, 60]


def test_a_group_is_as_many_victims_as_its_number() -> None:
    text = "Šest muškaraca ranjeno je u kafani."
    told = {("person", "Šest muškaraca"): {"injured": 0.9, "none": 0.1}, ("sex", "Šest muškaraca"): {"male": 1.0}}
    people = _victims(text, Says(_counts(injured=4, men=4), told))
    assert [(p.role, p.sex) for p in people] == [("injured", "male")] * 6
    assert set(_words(text, people)) == {"Šest muškaraca"}


def test_a_large_group_that_is_no_victim_enlarges_nothing() -> None:
    text = "Šest policajaca je na mestu događaja."
    people = _victims(text, Says(_counts(injured=4, men=4)))
    assert len(people) == MANY


def test_without_a_stretch_the_words_marked_are_the_evidence() -> None:
    text = "Preminula je u bolnici."
    marked = stretch(doc_of(text), 1, 3)
    people = _victims(text, Says(_counts(killed=1, women=1), marked={"victims": marked}))
    assert [(p.role, p.sex, p.told, p.found) for p in people] == [("killed", "female", None, marked)]
    (bare,) = _victims(text, Says(_counts(killed=1, women=1)))
    assert (bare.told, bare.found) == (None, None)


def test_another_outcome_is_what_the_stretch_tells() -> None:
    told = {
        ("person", "žena"): {"unharmed": 0.8, "threatened": 0.1, "injured": 0.1},
        ("sex", "žena"): {"female": 1.0},
    }
    (one,) = _victims("U stanu je bila žena.", Says(_counts(other_victims=1, women=1), told))
    assert (one.role, one.sex) == ("unharmed", "female")


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_there_are_as_many_perpetrators_as_the_judge_counts(number: int) -> None:
    text = "Muškarac (45) je uhapšen. Osumnjičen je i muškarac (30)."
    told = {("person", "uškarac"): {PERPETRATOR: 0.6, "none": 0.4}, ("sex", "uškarac"): {"male": 0.9, "female": 0.1}}
    people = _perpetrators(text, Says(_counts(perpetrators=number), told))
    assert [(p.role, p.sex) for p in people] == [(PERPETRATOR, "male")] * number
    assert [p.age for p in people] == [45, 30, None][:number]


def test_perpetrators_told_one_by_one_outweigh_a_smaller_number() -> None:
    text = "Muškarac (45) je uhapšen. Osumnjičen je i muškarac (30)."
    told = {("person", "uškarac"): {PERPETRATOR: 0.95, "none": 0.05}, ("sex", "uškarac"): {"male": 1.0}}
    doubtful = {"perpetrators": {"0": 0.02, "1": 0.8, "2": 0.16, "3": 0.01, "4+": 0.01}}
    assert [p.age for p in _perpetrators(text, Says(doubtful, told))] == [45, 30]


def test_victims_told_one_by_one_outweigh_a_smaller_number() -> None:
    text = "Ranjeni su muškarac (45), muškarac (30) i žena (22)."
    told = {
        ("person", "uškarac"): {"injured": 0.95, "none": 0.05},
        ("person", "žena"): {"injured": 0.95, "none": 0.05},
        ("sex", "uškarac"): {"male": 1.0},
        ("sex", "žena"): {"female": 1.0},
    }
    doubtful = {
        "injured": {"0": 0.01, "1": 0.3, "2": 0.49, "3": 0.15, "4+": 0.05},
        "men": {"0": 0.05, "1": 0.7, "2": 0.2, "3": 0.04, "4+": 0.01},
        "women": {"0": 0.1, "1": 0.87, "2": 0.01, "3": 0.01, "4+": 0.01},
    }
    people = _victims(text, Says(doubtful, told))
    assert sorted((p.sex, p.age) for p in people) == [("female", 22), ("male", 30), ("male", 45)]


def test_a_person_told_once_gives_no_second_one_their_age() -> None:
    told = {("person", "uškarac"): {"injured": 1.0}, ("sex", "uškarac"): {"male": 1.0}}
    people = _victims("Ranjen je muškarac (45).", Says(_counts(injured=2, men=2), told))
    assert [p.age for p in people] == [45, None]


def test_an_age_told_elsewhere_is_of_one_victim() -> None:
    text = "Ranjeni su muškarac i momak. Jedan ima 19 godina."
    told = {("person", word): {"injured": 0.9, "none": 0.1} for word in ("uškarac", "omak", "19")}
    told |= {("sex", word): {"male": 1.0} for word in ("uškarac", "omak", "19")}
    people = _victims(text, Says(_counts(injured=3, men=3), told))
    assert [p.age for p in people].count(19) == 1


@pytest.mark.parametrize(
    ("ages", "role", "nobody", "expected"),
    [
        ([45, None], "injured", 0.4, [45, 30]),
        ([45, None], "injured", 0.9, [45, None]),
        ([None, None], "injured", 0.4, [None, None]),
        ([30, None], "injured", 0.4, [30, None]),
        ([45, None], "perpetrator", 0.1, [45, None]),
    ],
)
def test_the_one_age_left_is_of_the_one_person_without(
    ages: list[int | None], role: str, nobody: float, expected: list[int | None]
) -> None:
    told = {("person", "muškarac"): {"none": nobody, role: 1 - nobody}, ("sex", "muškarac"): {"male": 1.0}}
    one = stretches(doc_of("U bolnici je muškarac (30).")[:], Says(told=told))
    people = [Person("injured", "male", age, 0.9, 0.9, None, None) for age in ages]
    assert [person.age for person in with_age_left(people, one)] == expected


def test_perpetrators_without_a_stretch_rest_on_the_words_marked() -> None:
    text = "Uhapšen je osumnjičeni."
    marked = stretch(doc_of(text), 3, 4)
    people = _perpetrators(text, Says(_counts(perpetrators=2), marked={"perpetrators": marked}))
    assert [(p.sex, p.age, p.told, p.found) for p in people] == [("unreported", None, None, marked)] * 2
