from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from classifiers.encoder.encoder import shipped_encoder
from classifiers.evaluation import card
from classifiers.evaluation.reliability import bins, picture
from classifiers.labelled import load
from classifiers.linear import shipped_model
from classifiers.training import CORPUS, corpus
from tests.classifiers.test_evaluation import ARTICLES, SAID, ScriptedReader

READERS = {"one": ScriptedReader(SAID), "other": ScriptedReader({id_: (0.0, {}) for id_ in SAID})}


def test_the_card_in_the_repository_is_that_of_the_present_model() -> None:
    """Hashes, sizes, epochs, articles. Where it fails: python -m classifiers.evaluation.card."""
    assert card.CARD.read_text(encoding="utf-8").startswith(card.facts() + "\n## Figures\n")


def test_the_linear_stage_saw_the_articles_of_the_repository_and_the_card_says_where_the_encoder_did_not() -> None:
    """The encoder is fitted anew more seldom: it takes a day without a graphics card."""
    digest = corpus()[1]
    assert shipped_model().about["corpus"] == digest
    older = shipped_encoder().about["corpus"] != digest or "onto" in shipped_encoder().about
    assert ("The encoder saw an earlier state of them." in card.facts()) == older
    assert ("Both stages saw them as they are." in card.facts()) != older


def test_the_card_tells_each_fit_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = {"epochs": 18, "batch": 32, "rate": 0.0002, "seed": 3}
    gone_on = {
        "epochs": 1,
        "batch": 16,
        "rate": 8e-05,
        "seed": 1,
        "new": ["kro-", "len-"],
        "beside": 2200,
        "onto": fitted,
    }
    told = {name: told for name, told in shipped_encoder().about.items() if name not in ("onto", "added", "halfway")}
    monkeypatch.setattr(shipped_encoder(), "about", told | fitted)
    assert "The encoder: 18 epochs, batches of 32, rate 0.0002, seed 3.\n" in card.facts()
    monkeypatch.setattr(shipped_encoder(), "about", told | gone_on)
    assert (
        "The encoder: 18 epochs, batches of 32, rate 0.0002, seed 3;\nthen 1 of new articles (`kro-`, `len-`),\n"
        "2,200 others beside them, batches of 16, rate 8e-05, seed 1.\n"
    ) in card.facts()
    monkeypatch.setattr(shipped_encoder(), "about", told | gone_on | {"halfway": True})
    assert "seed 1, the mean of the weights\nbefore and after.\n" in card.facts()
    monkeypatch.setattr(shipped_encoder(), "about", told | fitted | {"added": ["place word"]})
    assert "seed 3;\nthen a row of weights for each question it was never asked (`place word`).\n" in card.facts()


def test_figures_stand_side_by_side() -> None:
    scores, _ = card.measured(ARTICLES, READERS)
    page = card.figures(scores)
    one, other = scores["one"].overall["relevance_recall"], scores["other"].overall["relevance_recall"]
    assert one.value > other.value == 0
    assert f"| relevance recall | {one.value:.3f} ({one.n}) | 0.000 ({other.n}) |" in page
    assert "| figure | one | other |" in page
    assert re.search(
        rf"^\| sr \| \d+ \| {scores['one'].by_language['sr']['relevance_recall'].value:.2f} / 0.00 ", page, re.M
    )
    assert re.search(r"^\| male \| \d+ \| ", page, re.M)
    assert "| – / – |" in page or " / – |" in page  # no incident found: no figure of a field, rather than 0


def test_all_rows_of_a_table_are_equally_wide() -> None:
    scores, _ = card.measured(ARTICLES, READERS)
    for table in re.findall(r"(?:^\|.*\|$\n?)+", card.card(scores), re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_the_probabilities_are_those_the_reader_gave() -> None:
    _, judged = card.measured(ARTICLES, READERS)
    assert [relevant for _, relevant in judged["one"]] == [article.relevant for article in ARTICLES]
    assert [said for said, _ in judged["one"]] == [READERS["one"].read(a.article).relevance for a in ARTICLES]


def test_articles_are_put_into_tenths() -> None:
    found = bins([(0.0, False), (0.05, True), (0.1, False), (0.95, True), (1.0, True)])
    assert [(b.tenth, b.articles, b.share) for b in found] == [(0, 2, 0.5), (1, 1, 0.0), (9, 2, 1.0)]
    assert found[0].probability == pytest.approx(0.025)
    assert found[2].probability == pytest.approx(0.975)


def test_the_interval_is_wilsons() -> None:
    (half,) = bins([(0.52, n % 2 == 0) for n in range(100)])
    assert half.least == pytest.approx(0.404, abs=0.001)
    assert half.most == pytest.approx(0.596, abs=0.001)
    (all_right,) = bins([(0.9, True)] * 10)
    assert all_right.most == pytest.approx(1)
    assert all_right.least == pytest.approx(0.722, abs=0.001)


def test_the_picture_names_the_readers_and_counts_the_articles() -> None:
    svg = picture({"one": [(0.91, True)] * 37, "other": [(0.11, False)] * 41})
    words = {text.text for text in ElementTree.fromstring(svg).iter() if text.tag.endswith("text")}
    assert {"one", "other", "37", "41", "probability read", "share relevant"} <= words


def test_the_picture_in_the_repository_is_of_the_development_articles() -> None:
    words = [e.text or "" for e in ElementTree.parse(card.PICTURE).iter() if e.tag.endswith("text")]
    counted = sum(int(word) for word in words if word.isdigit())
    assert counted == 2 * len(load(CORPUS / "dev.jsonl"))
