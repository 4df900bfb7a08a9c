"""What was read with doubt counts as much as it is believed: a doubtful place little, a doubtful day for each it may be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codebook.records import Alternatives, Facts
from linking.days import possible_days
from linking.features import features
from linking.mentions import LinkableMention, sureness_of
from linking.reasons import reasons
from linking.scoring import score

DAY, DAYS_LATER = dt.date(2026, 3, 3), dt.date(2026, 3, 8)
ALL = ("place", "date", "incident_type", "victims[0]", "perpetrators[0]", "weapons", "possession")
SHARES = st.floats(0, 1)


def told(article: str, **facts: object) -> LinkableMention:
    shooting = {
        "incident_type": "public_dispute",
        "jurisdiction": "MK",
        "place": "Tetovo",
        "date": DAY,
        "date_precision": "day",
        "weapons": ["handgun"],
        "victims": [{"sex": "male", "outcome": "injured"}],
    }
    published = dt.datetime(2026, 3, 9, 12, tzinfo=dt.UTC)
    return LinkableMention(f"{article}-0", article, published, False, Facts.model_validate(shooting | facts))


def doubted(mention: LinkableMention, share: float, *fields: str, **others: float) -> LinkableMention:
    """The same with so little confidence in these fields; `others` are the other days it may have been, by name."""
    confidence = dict.fromkeys(fields, share)
    days = {dt.date(2026, 3, int(day.removeprefix("march_"))): likely for day, likely in others.items()}
    found = possible_days(mention.facts, confidence, Alternatives(date=days))
    return replace(mention, sureness=sureness_of(confidence), days=found)


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("place", {"place": "Ohrid"}),
        ("incident_type", {"incident_type": "suicide"}),
        ("weapons", {"weapons": ["explosive"]}),
        ("victims[0]", {"victims": [{"sex": "female", "outcome": "injured"}]}),
    ],
)
def test_a_difference_speaks_the_less_the_less_sure_it_was_read(field: str, other: dict[str, object]) -> None:
    one, sure = told("a"), told("b", **other)
    scores = [score(one, doubted(sure, share, field)) for share in (1.0, 0.6, 0.2)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1]
    assert scores[0] == score(one, sure)


def test_what_is_the_same_speaks_the_less_the_less_sure_it_was_read() -> None:
    scores = [score(told("a"), doubted(told("b"), share, "place")) for share in (1.0, 0.6, 0.2)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_a_report_that_may_tell_of_the_day_of_another_is_nearer_to_it() -> None:
    one, other = told("a"), told("b", date=DAYS_LATER)
    apart, perhaps = doubted(other, 0.5, "date"), doubted(other, 0.5, "date", march_3=0.5)
    assert score(one, other) < score(one, apart) < score(one, perhaps) < score(one, told("b"))
    assert features(one, perhaps)["same_day"] == pytest.approx(0.5)


def test_where_a_day_is_likely_but_none_was_taken_it_counts() -> None:
    one, undated = told("a"), told("b", date=None, date_precision="unknown")
    perhaps = doubted(undated, 1.0, march_3=0.3)
    assert score(one, undated) < score(one, perhaps)
    assert features(one, perhaps)["same_day"] == pytest.approx(0.3)


def test_a_week_that_was_taken_for_the_date_is_certain() -> None:
    week = told("a", date_precision="week")
    assert doubted(week, 0.4, "date", march_8=0.4).days == possible_days(week.facts, {}, Alternatives())


@given(SHARES, st.dictionaries(st.dates(), SHARES, max_size=5), st.booleans())
def test_the_chances_of_all_days_are_one_together(
    share: float, others: dict[dt.date, float], dated: bool
) -> None:  # fmt: skip
    facts = told("a", **({} if dated else {"date": None, "date_precision": "unknown"})).facts
    chances = [likely for _, likely in possible_days(facts, {"date": share}, Alternatives(date=others))]
    assert sum(chances) == pytest.approx(1.0)
    assert all(0 <= likely <= 1 for likely in chances)


@given(SHARES, SHARES, SHARES, SHARES)
def test_doubt_is_the_same_from_either_side(one: float, other: float, third: float, fourth: float) -> None:
    a = doubted(told("a"), one, *ALL, march_4=third)
    b = doubted(told("b", date=DAYS_LATER, place="Ohrid"), other, *ALL, march_3=fourth)
    assert score(a, b) == score(b, a)


def test_the_least_sure_of_several_persons_counts() -> None:
    read = {
        "victims[0]": 0.9,
        "victims[1]": 0.4,
        "victims[1].outcome": 0.1,
        "weapons": 0.6,
        "weapons[0]": 0.7,
        "place": 0.8,
    }
    assert sureness_of(read) == {"victims": 0.4, "weapons": 0.6, "place": 0.8}
    assert replace(told("a"), sureness=sureness_of(read)).sure("perpetrators") == 1.0


def test_shares_above_one_are_parted() -> None:
    facts = told("a").facts
    days = possible_days(facts, {"date": 0.9}, Alternatives(date={DAYS_LATER: 0.6, dt.date(2026, 3, 4): 0.3}))
    assert [likely for _, likely in days] == pytest.approx([0.5, 1 / 6, 1 / 3])


def test_the_reasons_are_those_of_what_was_taken_and_the_day_that_both_may_tell_of() -> None:
    one, other = told("a"), told("b", date=DAYS_LATER, place="Ohrid")
    doubtful = reasons(one, doubted(other, 0.3, *ALL, march_3=0.6))
    assert "5 days apart" in reasons(one, other)
    assert set(doubtful) == {*reasons(one, other), "perhaps the same day"}
    assert doubtful.index("perhaps the same day") < doubtful.index("5 days apart")
