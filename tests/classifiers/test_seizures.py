"""Pieces seized: every count of the words once, and what the whole tells where the words leave it open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.tokens import Span

from classifiers.judges import Shares
from classifiers.pipelines import Stretch, parsed
from classifiers.seizures import seizure
from codebook.records import Seizure

NUMBERS = ("none", "1", "2", "3", "4+")


@dataclass
class Says:
    """A judge to whom all counts are seized but those with some words, and who tells the whole as it is told to."""

    whole: Mapping[str, Shares] = field(default_factory=dict)
    seized: Mapping[str, float] = field(default_factory=dict)

    def of_part(self, question: str, part: Span) -> Shares:
        return dict(self.whole.get(question, {}))

    def of_stretch(self, question: str, part: Span, found: Stretch | None, features: Iterable[str]) -> Shares:
        assert found is not None
        words = part.doc.text[found.start_char : found.end_char]
        share = next((share for held, share in self.seized.items() if held in words), 0.97)
        return {"yes": share, "no": 1 - share}

    def words(self, field: str, part: Span) -> Stretch | None:
        return None


def seized(text: str, lang: str = "en", judge: Says | None = None) -> Seizure:
    return seizure(parsed(lang, "", text)[:], judge or Says())[0]


@pytest.mark.parametrize(
    ("lang", "text", "firearms"),
    [
        ("en", "Police seized five firearms: three rifles (two carbines and a hunting rifle) and two pistols.", 5),
        ("hbs", "Oduzeto je pet komada oružja, i to tri puške (dva karabina i jedna lovačka) i dva pištolja.", 5),
        ("en", "Officers found five pistols. In 2022 there had been 14 weapons in all.", 5),
        ("sq", "U gjetën dy pushkë gjuetie. Në total u sekuestruan 8 armë.", 8),
        ("ro", "Au găsit un pistol. În total au fost ridicate opt arme de foc.", 8),
        ("sq", "U sekuestruan një armë zjarri dhe dy pistoleta.", 2),
        ("hbs", "Oduzeli su jedno oružje bez dozvole i dva pištolja.", 2),
        ("en", "Police found a pistol, because its owner had shown the pistol to friends.", 1),
        ("ru", "Изъято 5 (пять) пистолетов.", 5),
        ("hbs", "Policija je zaplenila četiri pištolja: tri gasna pištolja i jedan revolver.", 4),
        ("en", "Police seized two pistols: a Glock and a Beretta, as well as three rifles.", 5),
        ("en", "Officers seized eight weapons: two rifles. Three pistols lay in the cellar.", 8),
        ("hbs", "Pronašli su dvije automatske puške, jednu poluautomatsku pušku, tri pištolja, revolver.", 7),
        ("hbs", "Oduzeta su dva pištolja, „Glock“ i „Bereta“.", 2),
        ("sq", "Janë sekuestruar:\n– 1 pushkë gjysmautomatike;\n– 1 karabinë;\n– 2 pistoleta.", 4),
        ("mk", "Кај двајца браќа (30 и 34) беа најдени пиштол и вага.", 1),
        ("en", "PRILEP, 19 February 2024 - A rifle was dug out from under the hay.", 1),
        ("hbs", "Policija je 12. maja pronašla pištolj.", 1),
        ("ro", "Au fost ridicate şase arme de vânătoare.", 6),
        ("ro", "Un nagan ruginit a fost ridicat.", 1),
    ],
)
def test_firearms_are_counted_once(lang: str, text: str, firearms: int) -> None:
    assert seized(text, lang).firearms == firearms


def test_rounds_of_a_calibre_in_words() -> None:
    assert seized("Under the seat lay 250 nine-millimetre cartridges.").rounds == 250


def _sure_of(number: str) -> Shares:
    return {one: 0.92 if one == number else 0.02 for one in NUMBERS}


@pytest.mark.parametrize(("number", "firearms"), [("1", 1), ("2", 2)])
def test_the_whole_decides_what_the_words_leave_open(number: str, firearms: int) -> None:
    """The second one may be the first, told again."""
    text = "Kod njega je nađen pištolj u torbi a taj pištolj je marke Zastava."
    assert seized(text, "hbs", Says({"seized firearms": _sure_of(number)})).firearms == firearms


def test_a_few_pieces_that_no_words_count_are_believed() -> None:
    assert seized("The weapon was taken.", judge=Says({"seized firearms": _sure_of("1")})).firearms == 1


def test_what_is_not_seized_is_not_counted() -> None:
    told = seized("He shot with a rifle. Police seized two pistols.", judge=Says(seized={"rifle": 0.05}))
    assert told.firearms == 2


def test_several_that_nobody_counted_leave_the_number_open() -> None:
    assert seized("Police seized several pistols and a rifle.").firearms is None


SHARES = st.dictionaries(st.sampled_from(["two rifles", "pistols", "revolver"]), st.floats(0, 1))
WHOLE = st.lists(st.floats(0.01, 1), min_size=5, max_size=5).map(
    lambda odds: {one: share / sum(odds) for one, share in zip(NUMBERS, odds, strict=True)}
)


@settings(max_examples=60, deadline=None)
@given(SHARES, WHOLE)
def test_a_number_is_a_sum_of_what_is_told(shares: dict[str, float], whole: Shares) -> None:
    told = seized(
        "Police seized two rifles, seven pistols and a revolver.", judge=Says({"seized firearms": whole}, shares)
    )
    sums = {a + b + c for a in (0, 2) for b in (0, 7) for c in (0, 1)}
    assert (told.firearms or 0) in sums


def test_what_is_found_at_a_border_is_seized_there_whatever_the_whole_tells() -> None:
    inland = Says({"seized where": {"inland": 0.9, "border": 0.1, "none": 0.0}})
    part = parsed("en", "", "Customs officers found two pistols in a car at the crossing.")[:]
    assert seizure(part, inland)[0].where == "inland"
    assert seizure(part, inland, at_border=True)[0].where == "border"
