from __future__ import annotations

from classifiers.evaluation.errors import KINDS, ReadingError, errors, markdown, worst
from tests.classifiers.test_evaluation import ARTICLES, SAID, ScriptedReader


def _error(kind: str, article: str, certainty: float | None) -> ReadingError:
    return ReadingError(kind, article, "sr", "this", "that", certainty)


def test_every_wrong_value_is_an_error_and_no_right_one() -> None:
    found = {(e.kind, e.article): (e.read, e.label, e.certainty) for e in errors(ARTICLES, ScriptedReader(SAID))}
    assert set(found) == {
        ("missed", "x3"),
        ("false alarm", "x4"),
        ("type", "x2"),
        ("date", "x2"),
        ("weapons", "x2"),
        ("persons", "x2"),
    }
    assert found["missed", "x3"] == ("not relevant", "public_dispute in Kragujevac", 1 - 0.2)
    assert found["false alarm", "x4"] == ("public_dispute in Kragujevac", "no_firearm", 0.7)
    assert found["type", "x2"] == ("other", "public_dispute", None)
    assert found["persons", "x2"][:2] == ("female injured; perpetrators 0", "male injured; perpetrators 0")


def test_certainty_is_that_of_the_wrong_value() -> None:
    said = SAID | {"x1": (0.9, {"place": "Niš", "confidence": {"place": 0.8, "incident_type": 0.4}})}
    (place,) = [e for e in errors(ARTICLES, ScriptedReader(said)) if e.kind == "place"]
    assert (place.read, place.label, place.certainty) == ("Niš", "Kragujevac", 0.8)


def test_the_surest_errors_of_each_kind_come_first() -> None:
    found = [_error("missed", f"m{n}", n / 10) for n in range(5)] + [_error("date", "d", None)]
    assert [e.article for e in worst(found, 3)] == ["m4", "d", "m3"]
    assert len(worst(found, 40)) == 6


def test_the_page_names_every_kind_and_counts_all() -> None:
    found = errors(ARTICLES, ScriptedReader(SAID))
    page = markdown(found, 2)
    assert [line.split(" (")[0] for line in page.splitlines() if line.startswith("## ")] == [
        f"## {heading}" for heading in KINDS.values()
    ]
    assert page.startswith(f"The 2 errors the reader was surest of, of {len(found)}.\n")
    assert "| x4 | sr | public_dispute in Kragujevac | no_firearm | 0.70 |" in page
    assert "| public_dispute | other | 1 |" in page
    assert "| x2 |" not in page  # its errors are beyond the two
