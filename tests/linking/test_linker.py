"""The linker: which mentions become one event."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from codebook.records import Facts
from linking.evaluation import pairwise
from linking.linker import link
from linking.mentions import LinkableMention

DAY = dt.date(2026, 9, 3)


def mention(
    article: str, *, place: str = "Tetovo", day: int = 0, kind: str = "public_dispute", age: int | None = None
) -> LinkableMention:
    date = DAY + dt.timedelta(days=day)
    facts = Facts.model_validate(
        {
            "incident_type": kind,
            "date": date,
            "date_precision": "day",
            "jurisdiction": "MK",
            "place": place,
            "victims": [{"sex": "male", "age": age, "outcome": "injured"}],
        }
    )
    published = dt.datetime.combine(date, dt.time(12), tzinfo=dt.UTC)
    return LinkableMention(f"{article}-0", article, published, official=False, facts=facts)


def ids(mentions: list[LinkableMention], together: Sequence[set[str]] = ()) -> set[frozenset[str]]:
    return {frozenset(m.article_id for m in group.mentions) for group in link(mentions, together=together)}


def test_reports_of_one_event_are_one_group() -> None:
    assert ids([mention("a", age=34), mention("b", age=34)]) == {frozenset("ab")}


def test_another_town_is_another_event() -> None:
    assert ids([mention("a"), mention("b", place="Ohrid")]) == {frozenset("a"), frozenset("b")}


def test_dates_further_apart_than_the_window_are_two_events() -> None:
    assert ids([mention("a", age=34), mention("b", age=34, day=9)]) == {frozenset("a"), frozenset("b")}


def test_what_a_person_put_together_stays_together() -> None:
    pair = [mention("a"), mention("b", place="Ohrid", kind="suicide")]
    assert ids(pair, together=[{"a-0", "b-0"}]) == {frozenset("ab")}


def test_two_decided_events_never_join() -> None:
    pair = [mention("a", age=34), mention("b", age=34)]
    assert ids(pair, together=[{"a-0"}, {"b-0"}]) == {frozenset("a"), frozenset("b")}


def test_two_mentions_of_one_article_are_two_events_even_through_a_third() -> None:
    first, second = mention("a", age=34), mention("b", age=34)
    same_article = LinkableMention("a-1", "a", first.published, official=False, facts=first.facts)
    groups = link([first, same_article, second])
    assert sorted(len(group.mentions) for group in groups) == [1, 2]


MENTIONS = st.builds(
    mention,
    article=st.sampled_from("abcdefgh"),
    place=st.sampled_from(["Tetovo", "Ohrid"]),
    day=st.integers(0, 5),
    kind=st.sampled_from(["public_dispute", "criminal_context", "undetermined_shooting"]),
    age=st.sampled_from([None, 20, 34]),
)


@given(st.lists(MENTIONS, unique_by=lambda m: m.id, max_size=8), st.randoms())
def test_the_order_of_arrival_does_not_matter(mentions: list[LinkableMention], chance: random.Random) -> None:
    shuffled = list(mentions)
    chance.shuffle(shuffled)
    assert link(shuffled) == link(mentions)


@given(st.lists(MENTIONS, unique_by=lambda m: m.id, max_size=8))
def test_every_mention_is_in_exactly_one_group(mentions: list[LinkableMention]) -> None:
    grouped = sorted(m.id for group in link(mentions) for m in group.mentions)
    assert grouped == sorted(m.id for m in mentions)


def test_pairwise_scores_count_pairs() -> None:
    scores = pairwise({"1": "x", "2": "x", "3": "x", "4": "y"}, {"1": "p", "2": "p", "3": "q", "4": "q"})
    assert (scores.true_pairs, scores.predicted_pairs, scores.common_pairs) == (3, 2, 1)
    assert (scores.precision, scores.recall, scores.f1) == (0.5, 1 / 3, 0.4)
