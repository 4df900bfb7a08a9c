"""The linker: which mentions become one event."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from codebook.records import Facts
from linking.blocking import Blocks
from linking.evaluation import pairwise
from linking.linker import link
from linking.mentions import LinkableMention
from linking.scoring import comparable, score
from linking.weights import weights
from tests.linking.test_scoring import mentions

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


def test_what_a_person_called_apart_is_never_one_group_directly_or_through_others() -> None:
    reports = [mention("a", age=34), mention("b", age=34), mention("c", age=34)]
    assert len(link(reports)) == 1
    for group in link(reports, apart=[("a-0", "c-0")]):
        assert not {"a-0", "c-0"} <= {m.id for m in group.mentions}


def test_what_is_together_and_apart_stays_together() -> None:
    pair = [mention("a", age=34), mention("b", age=34)]
    assert len(link(pair, together=[{"a-0", "b-0"}], apart=[("a-0", "b-0")])) == 1


def test_one_report_like_two_events_does_not_make_one_of_them() -> None:
    first = [mention(one, kind="undetermined_shooting", age=34) for one in "ab"]
    second = [mention(one, place="Ohrid", kind="suicide", age=34) for one in "cd"]
    vague = mention("e", kind="undetermined_shooting", age=34)
    between = replace(vague, facts=vague.facts.model_copy(update={"place": None}))
    assert score(between, first[0]) >= weights().join
    assert score(between, second[0]) >= weights().join
    assert sorted(len(group.mentions) for group in link([*first, *second, between])) == [2, 3]


def test_a_report_joins_what_a_person_put_together_where_it_is_like_one_of_it() -> None:
    one, other = mention("a"), mention("b", place="Ohrid", kind="suicide")
    like_one, like_other = mention("c"), mention("d", place="Ohrid", kind="suicide")
    assert ids([one, other, like_one, like_other]) == {frozenset("ac"), frozenset("bd")}
    assert ids([one, other, like_one, like_other], together=[{"a-0", "b-0"}]) == {frozenset("abcd")}


PAIRS = st.sets(st.tuples(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")), max_size=4)


@given(
    st.lists(MENTIONS, unique_by=lambda m: m.id, max_size=8), PAIRS, st.sets(st.sampled_from("abcdefgh")), st.randoms()
)
def test_peoples_word_holds_in_any_order(
    mentions: list[LinkableMention], pairs: set[tuple[str, str]], bound: set[str], chance: random.Random
) -> None:
    together = [{f"{one}-0" for one in bound}]
    apart = [(f"{a}-0", f"{b}-0") for a, b in pairs if not {a, b} <= bound]
    shuffled = list(mentions)
    chance.shuffle(shuffled)
    groups = link(mentions, together=together, apart=apart)
    assert link(shuffled, together=together, apart=[(b, a) for a, b in apart]) == groups
    ids = [{m.id for m in group.mentions} for group in groups]
    assert all(not {a, b} <= group for a, b in apart if a != b for group in ids)
    assert sum(bool(together[0] & group) for group in ids) <= 1
    for group in groups:
        assert len({m.article_id for m in group.mentions}) == len(group.mentions)


@given(st.lists(MENTIONS, unique_by=lambda m: m.id, max_size=8), st.randoms())
def test_reports_that_arrive_one_by_one_end_in_the_groups_of_all_at_once(
    mentions: list[LinkableMention], chance: random.Random
) -> None:
    """Each arrival regroups only what hangs together with it by confident pairs, as the stage does."""
    arriving = list(mentions)
    chance.shuffle(arriving)
    known: dict[str, LinkableMention] = {}
    groups: dict[str, frozenset[str]] = {}
    for new in arriving:
        known[new.id] = new
        near = {new.id}
        while more := {one for one in known if one not in near and any(confident(known[one], known[n]) for n in near)}:
            near |= more
        for group in link([known[one] for one in near]):
            groups |= dict.fromkeys((m.id for m in group.mentions), frozenset(m.id for m in group.mentions))
    assert set(groups.values()) == {frozenset(m.id for m in group.mentions) for group in link(mentions)}


def confident(a: LinkableMention, b: LinkableMention) -> bool:
    return comparable(a, b) and score(a, b) >= weights().join


@given(mentions("a"), st.lists(st.sampled_from("bcdefg").flatmap(mentions), unique_by=lambda m: m.id, max_size=5))
def test_the_blocks_find_exactly_what_may_be_compared(new: LinkableMention, others: list[LinkableMention]) -> None:
    found = {other.id for other in Blocks(others).comparable_to(new)}
    assert found == {other.id for other in others if comparable(new, other)}
