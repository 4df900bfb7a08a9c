"""Agreement of readers: the coefficients against published examples, the readings they are taken from."""

from __future__ import annotations

import datetime as dt

import pytest

from codebook.records import Victim
from store.agreement import agreement, cohen_kappa, krippendorff_alpha, read_twice
from store.database import Database
from store.review_rules import Rules, set_rules
from store.schema import Candidate
from store.second_reading import approve, reject
from tests.review_ui import seed

ALWAYS = (dt.datetime(2000, 1, 1, tzinfo=dt.UTC), dt.datetime(2999, 1, 1, tzinfo=dt.UTC))


def test_kappa_of_cohens_example() -> None:
    """J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960):
    of 200 cases 140 agree, 82 would by chance; kappa .492."""
    table = ((88, 14, 18), (10, 40, 10), (2, 6, 12))
    pairs = [(a, b) for a, row in enumerate(table) for b, number in enumerate(row) for _ in range(number)]
    assert cohen_kappa(pairs) == pytest.approx((140 - 82) / (200 - 82))
    assert cohen_kappa(pairs) == pytest.approx(0.492, abs=0.0005)


def test_kappa_at_its_ends() -> None:
    assert cohen_kappa([("a", "a"), ("b", "b")]) == 1
    assert cohen_kappa([("a", "b"), ("b", "a")]) == -1
    assert cohen_kappa([("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")]) == 0
    assert cohen_kappa([]) is None
    assert cohen_kappa([("a", "a")] * 5) is None


BINARY = ("0100000010", "1110010000")
NOMINAL = ("aabbdcccedda", "babbbccceddd")
FOUR = (
    "123321412...",
    "12332241 25.3".replace(" ", ""),
    ".33323422 51.".replace(" ", ""),
    "123324412 51.".replace(" ", ""),
)


@pytest.mark.parametrize(("observers", "alpha"), [(BINARY, 0.095), (NOMINAL, 0.692), (FOUR, 0.743)])
def test_alpha_of_krippendorffs_examples(observers: tuple[str, ...], alpha: float) -> None:
    """K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), sections A, B and C."""
    units = [[value for value in column if value != "."] for column in zip(*observers, strict=True)]
    assert krippendorff_alpha(units) == pytest.approx(alpha, abs=0.0005)


def test_alpha_where_there_is_nothing_to_tell() -> None:
    assert krippendorff_alpha([]) is None
    assert krippendorff_alpha([["a"], ["b"]]) is None
    assert krippendorff_alpha([["a", "a"], ["a", "a"]]) is None
    assert krippendorff_alpha([["a", "a"], ["b", "b"]]) == 1


def test_the_readings_of_two_people_are_compared_field_by_field(database: Database) -> None:
    killed = seed.DISPUTE.model_copy(update={"victims": (Victim(sex="male", age=34, outcome="killed"),)})
    with database.session() as session:
        set_rules(session, Rules(second_share=1.0), by="vera")
        for number in range(4):
            seed.simple(session, f"c{number}")
        for name, facts in (("c0", seed.DISPUTE), ("c1", killed)):
            approve(session, name, version=1, by="boro", facts=seed.DISPUTE)
            approve(session, name, version=1, by="ana", facts=facts)
        approve(session, "c2", version=1, by="ana", facts=seed.DISPUTE)
        reject(session, "c2", version=1, by="vera", reason="not_incident")
        approve(session, "c3", version=1, by="ana", facts=seed.DISPUTE)
        session.get_one(Candidate, "c3").version = 2
        session.flush()
        approve(session, "c3", version=2, by="boro", facts=seed.DISPUTE)
        read = read_twice(session, *ALWAYS)
        assert [each.pair for each in read] == [("ana", "boro"), ("ana", "boro"), ("ana", "vera")]
        found = {each.field: (each.items, each.equal) for each in agreement(read)}
        assert found["decision"] == (3, 2)
        assert found["victims"] == (2, 1)
        assert found["place"] == (2, 2)
        assert read[1].labels("victims") is not None
        assert read[2].labels("victims") is None
        assert read_twice(session, ALWAYS[0], ALWAYS[0]) == []
