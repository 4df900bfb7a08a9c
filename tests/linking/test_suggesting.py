"""What a person is asked, and in which words."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codebook.records import Facts
from linking.linker import Group, link
from linking.mentions import LinkableMention
from linking.reasons import reasons
from linking.suggesting import suggestions
from tests.linking.test_linker import MENTIONS

NOON = dt.datetime(2026, 3, 25, 12, tzinfo=dt.UTC)
WOUNDED: dict[str, Any] = {"sex": "male", "age": 34, "outcome": "injured"}


def mention(article: str, *, hours: int = 0, **facts: Any) -> LinkableMention:
    told = {"incident_type": "public_dispute", "jurisdiction": "MK", "place": "Tetovo"} | facts
    published = NOON + dt.timedelta(hours=hours)
    return LinkableMention(f"{article}-0", article, published, official=False, facts=Facts.model_validate(told))


def groups(*mentions: LinkableMention) -> list[Group]:
    return [Group((one,)) for one in mentions]


DAY: dict[str, Any] = {"date": "2026-03-25", "date_precision": "day"}
DOUBTFUL = (
    mention("a", **DAY, victims=[WOUNDED]),
    mention("b", **DAY, incident_type="undetermined_shooting", victims=[WOUNDED | {"age": 41, "sex": "female"}]),
)


def test_reasons_are_told_in_words() -> None:
    later = mention("b", hours=30, **DAY, victims=[WOUNDED | {"outcome": "killed"}])
    told = reasons(mention("a", **DAY, victims=[WOUNDED]), later)
    assert told[:2] == ("same town", "same day")
    assert "victim 34 m" in told
    assert "one report says wounded, the later one died" in told


def test_what_speaks_against_it_is_told_as_well() -> None:
    told = reasons(*DOUBTFUL)
    assert told[:2] == ("same town", "same day")
    assert {"ages differ: 34 and 41", "other sexes"} <= set(told)


def test_a_doubtful_pair_is_suggested_and_not_joined() -> None:
    assert len(link(DOUBTFUL)) == 2
    (found,) = suggestions(groups(*DOUBTFUL))
    assert (found.a, found.b) == tuple(sorted(group.id for group in groups(*DOUBTFUL)))
    assert found.reasons == reasons(*DOUBTFUL)


def test_what_a_person_called_apart_is_not_suggested_again() -> None:
    assert suggestions(groups(*DOUBTFUL), apart=[("b-0", "a-0")]) == []


def test_two_mentions_of_one_article_are_not_suggested() -> None:
    one, other = DOUBTFUL
    sibling = LinkableMention("a-1", "a", other.published, official=False, facts=other.facts)
    assert suggestions(groups(one, sibling)) == []


def test_far_events_are_not_suggested() -> None:
    elsewhere = mention("b", date="2026-03-12", date_precision="day", place="Ohrid", incident_type="suicide")
    assert suggestions(groups(mention("a", **DAY), elsewhere)) == []


@given(st.lists(MENTIONS, unique_by=lambda m: m.id, max_size=7), st.randoms())
def test_suggestions_do_not_depend_on_an_order(mentions: list[LinkableMention], chance: random.Random) -> None:
    found = link(mentions)
    shuffled = list(found)
    chance.shuffle(shuffled)
    assert suggestions(shuffled) == suggestions(found)
    ids = {group.id for group in found}
    assert all({one.a, one.b} <= ids and one.a < one.b for one in suggestions(found))
    assert len({(one.a, one.b) for one in suggestions(found)}) == len(suggestions(found))


def test_no_permutation_changes_a_suggestion() -> None:
    told = groups(*DOUBTFUL, mention("c", **DAY, victims=[WOUNDED | {"age": 50}]))
    expected = suggestions(told)
    assert expected
    assert all(suggestions(order) == expected for order in itertools.permutations(told))
