from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from classifiers.evaluation import Rate, Scores, evaluate
from classifiers.evaluation.floors import Floors, loaded, updated, written
from classifiers.evaluation.printing import tables
from classifiers.labelled import LabelledArticle
from codebook.codes import code_list
from codebook.errors import BadInput
from codebook.records import Article, Evidence, Mention, Reading, Victim, mention_id


def _labelled(number: int, relevant: bool, lang: str = "sr", sex: str = "female") -> LabelledArticle:
    incident = {
        "incident_type": "public_dispute",
        "subtype": None,
        "date": "2024-05-14",
        "jurisdiction": "RS",
        "place": "Kragujevac",
        "weapons": ["handgun"],
        "possession": "unreported",
        "victims": [{"sex": sex, "age": 30, "outcome": "injured", "relation": "unreported"}],
        "perpetrators": [],
        "seizure": None,
    }
    return LabelledArticle.model_validate(
        {
            "id": f"x{number}",
            "lang": lang,
            "script": "Latn",
            "published": "2024-05-15",
            "title": f"Naslov {number}",
            "text": "Tekst",
            "relevant": relevant,
            "reason": None if relevant else "no_firearm",
            "event_key": None,
            "incidents": [incident] if relevant else [],
        }
    )


DOUBTED = 0.1
"""Relevance from which the scripted reader says that its encoder read the article."""


class ScriptedReader:
    """Says of each article what the test wrote down: its relevance, and the fields in which its mention differs."""

    version = "scripted"

    def __init__(self, said: dict[str, tuple[float, dict[str, Any]]]) -> None:
        self.said = said

    def read(self, article: Article) -> Reading:
        relevance, changes = self.said[article.id]
        fields: dict[str, Any] = {
            "incident_type": "public_dispute",
            "date": dt.date(2024, 5, 14),
            "date_precision": "day",
            "jurisdiction": "RS",
            "place": "Kragujevac",
            "weapons": ("handgun",),
            "victims": (Victim(sex="female", age=30, outcome="injured"),),
            "evidence": (Evidence(field="place", part="text", start=0, end=5),),
        }
        mention = Mention(
            **(fields | changes),
            id=mention_id(article.id, 0),
            article_id=article.id,
            position=0,
            content_hash=article.content_hash,
            reader_version=self.version,
        )
        return Reading(
            read_by="encoder" if relevance >= DOUBTED else "linear",
            article_id=article.id,
            content_hash=article.content_hash,
            reader_version=self.version,
            lang="sr",
            script="Latn",
            relevance=relevance,
            relevant=relevance >= 0.5,
            mentions=(mention,) if relevance >= 0.5 else (),
        )


ARTICLES = [
    _labelled(1, True),
    _labelled(2, True, lang="mk", sex="male"),
    _labelled(3, True),
    _labelled(4, False),
    _labelled(5, False, lang="mk"),
]
SAID: dict[str, tuple[float, dict[str, Any]]] = {
    "x1": (0.9, {}),
    "x2": (0.8, {"incident_type": "other", "date": None, "date_precision": "unknown", "weapons": ("unreported",)}),
    "x3": (0.2, {}),
    "x4": (0.7, {}),
    "x5": (0.1, {}),
}


@pytest.fixture(scope="module")
def scores() -> Scores:
    return evaluate(ARTICLES, ScriptedReader(SAID))


def test_relevance_figures_by_hand(scores: Scores) -> None:
    overall = scores.overall
    assert overall["relevance_precision"] == Rate(2 / 3, 3)
    assert overall["relevance_recall"] == Rate(2 / 3, 3)
    assert overall["relevance_f1"] == Rate(2 / 3, 3)
    assert overall["precision_at_recall_97"] == Rate(3 / 4, 4)
    assert overall["calibration"].value == pytest.approx(1 - (0.1 + 0.2 + 0.8 + 0.7 + 0.1) / 5)


def test_field_figures_are_over_the_incidents_found(scores: Scores) -> None:
    overall = scores.overall
    assert overall["incidents_found"] == Rate(2 / 3, 3)
    for field in ("type", "date", "weapons"):
        assert overall[field] == Rate(0.5, 2)
    for field in ("place", "injured", "killed", "possession"):
        assert overall[field] == Rate(1.0, 2)
    assert overall["female_victims_precision"] == Rate(0.5, 2)
    assert overall["female_victims_recall"] == Rate(1.0, 1)
    assert overall["male_victims_f1"] == Rate(0.0, 1)


def test_values_without_words_to_rest_on_count(scores: Scores) -> None:
    stated = (1 + 4) + (1 + 2) + (1 + 4)
    assert scores.overall["values_with_evidence"] == Rate(3 / stated, stated)


def test_parts_add_up(scores: Scores) -> None:
    assert {lang: table["incidents_found"].n for lang, table in scores.by_language.items()} == {"mk": 1, "sr": 2}
    assert scores.by_type["public_dispute"]["relevance_recall"] == Rate(2 / 3, 3)
    assert scores.by_type["public_dispute"]["type_precision"] == Rate(1.0, 1)
    assert scores.by_type["public_dispute"]["type_f1"] == Rate(2 / 3, 2)
    assert scores.by_victim_sex["male"]["relevance_recall"] == Rate(1.0, 1)
    assert scores.by_victim_sex["female"]["relevance_recall"] == Rate(0.5, 2)


def test_json_and_tables_show_the_same_figures(scores: Scores) -> None:
    shown = json.loads(scores.as_json())
    assert shown["overall"]["type"] == {"value": 0.5, "n": 2}
    screen = io.StringIO()
    Console(file=screen, width=160).print(tables(scores))
    assert "relevance precision" in screen.getvalue()
    assert "by type" in screen.getvalue()


def test_tables_of_every_language_type_and_sex_fit_a_narrow_terminal(scores: Scores) -> None:
    languages = ("bs", "cnr", "en", "hr", "mk", "ro", "ru", "sq", "sr")
    types = code_list("incident_type").codes
    many = replace(
        scores,
        by_language=dict.fromkeys(languages, scores.overall),
        by_type=dict.fromkeys(types, scores.by_type["public_dispute"]),
    )
    screen = io.StringIO()
    Console(file=screen, width=80).print(tables(many))
    lines = screen.getvalue().splitlines()
    assert "…" not in screen.getvalue()
    assert max(map(len, lines)) <= 80
    assert next(line.split() for line in lines if "bs" in line.split()) == list(languages)
    for name in ("relevance precision", "relevance f1", "precision at recall 97", "precision at recall 95"):
        assert [line.count(name) for line in lines if name in line] == [1, 1], name
    printed = {words for line in lines for words in line.split()}
    assert {words for kind in types for words in kind.split("_")} <= printed


def test_the_calibration_is_printed_as_the_error_it_is(scores: Scores) -> None:
    screen = io.StringIO()
    Console(file=screen, width=80).print(tables(scores))
    error = 1 - scores.overall["calibration"].value
    (whole, by_language) = (line for line in screen.getvalue().splitlines() if "calibration" in line)
    assert f"{error:.3f}" in whole
    assert by_language.split()[:2] == ["calibration", "error"]


def test_floors_survive_the_file_and_hold_what_was_reached(scores: Scores) -> None:
    floors = loaded(written(updated(scores, None)), "floors.toml")
    assert floors.broken_by(scores) == {}
    assert floors.least["overall.type"] == pytest.approx(0.5 - 0.25**0.5 / 2**0.5, abs=1e-4)


def test_languages_and_types_of_few_are_pinned_together(scores: Scores) -> None:
    parts = {"sq": (0.9, 60), "ru": (1.0, 30), "hr": (0.7, 10)}
    by_language = {lang: {**scores.overall, "relevance_recall": Rate(*rate)} for lang, rate in parts.items()}
    floors = updated(replace(scores, by_language=by_language), None)
    by_lang = {name: least for name, least in floors.least.items() if name.startswith("language.")}
    assert {name.split(".")[1] for name in by_lang} == {"sq", "others"}
    together = Rate((1.0 * 30 + 0.7 * 10) / 40, 40)
    expected = together.value - together.standard_error
    assert by_lang["language.others.relevance_recall"] == pytest.approx(expected)


def test_who_is_pinned_together_is_told_by_the_labels_not_by_what_was_found(scores: Scores) -> None:
    found, missed = ({**scores.by_type["public_dispute"], "incidents_found": Rate(share, 10)} for share in (1.0, 0.5))
    fewer = {**missed, "type": Rate(1.0, 5)}
    before = updated(replace(scores, by_type={"suicide": {**found, "type": Rate(0.9, 10)}}), None)
    assert before.broken_by(replace(scores, by_type={"suicide": fewer})) == {}


def test_a_fall_breaks_the_floor(scores: Scores) -> None:
    floors = Floors(scores.corpus, {"overall.type": 0.9, "overall.place": 0.5})
    assert floors.broken_by(scores) == {"overall.type": (0.9, 0.5)}


def test_floors_of_other_articles_are_refused(scores: Scores) -> None:
    with pytest.raises(BadInput, match="corpus"):
        Floors("other", {}).broken_by(scores)


def test_floors_move_to_other_articles_only_on_demand(scores: Scores) -> None:
    old = Floors("other", {"overall.type": 0.9})
    with pytest.raises(BadInput, match="--allow-regression"):
        updated(scores, old)
    assert updated(scores, old, allow_regression=True).corpus == scores.corpus


def test_a_floor_only_rises(scores: Scores) -> None:
    old = Floors(scores.corpus, {"overall.type": 0.49, "overall.place": 0.0})
    new = updated(scores, old)
    assert new.least["overall.type"] == 0.49
    assert new.least["overall.place"] > 0.0


def test_a_floor_is_lowered_only_on_demand(scores: Scores) -> None:
    within_its_error = scores.overall["jurisdiction"].value - 0.001
    old = Floors(scores.corpus, {"overall.type": 0.9, "overall.jurisdiction": within_its_error})
    with pytest.raises(BadInput, match="--allow-regression"):
        updated(scores, old)
    new = updated(scores, old, allow_regression=True)
    assert new.least["overall.type"] < 0.9
    assert new.least["overall.jurisdiction"] == within_its_error, "what is reached is not lowered"


@pytest.mark.parametrize("text", ["", "corpus = 1", 'corpus = "a"\n[least]\n"x" = "high"', "["])
def test_what_is_no_floors_file_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput, match=r"floors\.toml"):
        loaded(text, "floors.toml")
