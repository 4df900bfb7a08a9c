"""The queue follows from the set of reports: not from the order they came in, and not from how it was recomputed."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from codebook.records import Article
from linking.linker import link
from linking.scoring import comparable
from linking.weights import weights
from pipeline.stages.known import load
from pipeline.stages.windows import in_jurisdiction, within_windows
from store.schema import Candidate, StoredMention
from tests.pipeline.stages.line import ELSEWHERE, IN_BOSNIA, KILLED, SHOOTING, Line, article


def doubt(others: dict[str, float] | None = None, **confidence: float) -> dict[str, Any]:
    """Read with so little confidence; `others` are the other days that it may have been."""
    return {"confidence": confidence, "alternatives": {"date": others or {}}}


INCIDENTS: list[dict[str, Any]] = [
    SHOOTING,
    SHOOTING | KILLED,
    SHOOTING | {"date": "2025-03-05"},
    SHOOTING | {"date": "2025-03-09"},
    SHOOTING | {"date": "2025-03-09"} | doubt(date=0.5, others={"2025-03-03": 0.4}),
    SHOOTING | {"date": None, "date_precision": "unknown"} | doubt(others={"2025-03-03": 0.3}),
    SHOOTING | doubt(place=0.4, incident_type=0.5),
    SHOOTING | {"date": None, "date_precision": "unknown"},
    SHOOTING | {"date": "2025-02-24", "date_precision": "week"},
    SHOOTING | {"date": "2025-02-01", "date_precision": "month"},
    SHOOTING | {"date": "2025-03-31", "date_precision": "month"},
    SHOOTING | ELSEWHERE,
    SHOOTING | {"victims": [{"sex": "female", "age": 51, "outcome": "injured"}], "incident_type": "suicide"},
    SHOOTING | IN_BOSNIA,
    {"incident_type": "public_dispute", "jurisdiction": "RS", "place": "Novi Pazar", "place_id": "RS-novi-pazar"},
]

FIRST_REPORT = dt.datetime(2025, 3, 4, 12, tzinfo=dt.UTC)
DATES = [
    None,
    *(
        (FIRST_REPORT + dt.timedelta(days=weights().report_days_apart, hours=hours)).isoformat()
        for hours in (-24 * weights().report_days_apart, -1, 1)
    ),
]
"""Of publication: more and less than the linker's window apart."""

one = st.sampled_from(INCIDENTS)
told = st.one_of(one.map(lambda incident: [incident]), st.lists(one, max_size=2))
reports = st.lists(st.tuples(st.integers(0, 6), told, st.sampled_from(DATES)), min_size=3, max_size=12)


def clear(line: Line) -> None:
    with line.database.session() as session:
        session.execute(
            text("truncate mentions, candidates, article_versions, articles, processed_events, outbox cascade")
        )


def groups(line: Line) -> set[tuple[str, ...]]:
    return {tuple(line.mentions(candidate)) for candidate in line.candidates()}


def linked_at_once(line: Line) -> set[tuple[str, ...]]:
    """The groups the linker makes of all mentions of each jurisdiction together."""
    with line.database.session() as session:
        known = load(session, StoredMention.id.is_not(None))
    return {tuple(m.id for m in group.mentions) for group in link(k.linkable for k in known.values())}


@settings(
    max_examples=15, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
@given(script=reports, chance=st.randoms(use_true_random=False))
@example(
    script=[(0, [SHOOTING], DATES[3]), (1, [SHOOTING | KILLED], DATES[3]), (0, [SHOOTING], DATES[1])],
    chance=random.Random(1),
)
def test_any_order_and_any_edits_give_the_groups_and_proposals_of_all_at_once(
    lines: tuple[Line, Line], script: list[tuple[int, list[dict[str, Any]], str | None]], chance: random.Random
) -> None:
    versions = [
        article(f"a{number}", *incidents, minutes=minutes, published=published)
        for minutes, (number, incidents, published) in enumerate(script)
    ]
    stood: dict[str, Article] = {}
    for version in versions:  # one that says the same again, under another date, is no new version
        if version.id not in stood or stood[version.id].content_hash != version.content_hash:
            stood[version.id] = version
    newest = list(stood.values())
    chance.shuffle(newest)
    edited, at_once = lines
    for line, articles in ((edited, versions), (at_once, newest)):
        clear(line)
        for one in articles:
            line.tell(one)
        assert groups(line) == linked_at_once(line)
        assert astray(line) == 0
    if all(version.published for version in versions):  # a date once known is kept: there history matters
        assert edited.queue() == at_once.queue()


def astray(line: Line) -> int:
    """Mentions without a candidate, or in one of another jurisdiction."""
    query = (
        select(func.count())
        .select_from(StoredMention)
        .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
        .where(Candidate.id.is_(None) | StoredMention.jurisdiction.is_distinct_from(Candidate.jurisdiction))
    )
    with line.database.session() as session:
        return session.scalar(query) or 0


def test_a_window_leaves_out_no_mention_that_the_linker_compares(line: Line) -> None:
    combinations = itertools.product(INCIDENTS, DATES)
    line.tell(*(article(f"a{n:02}", told, published=date) for n, (told, date) in enumerate(combinations)))
    compared = 0
    with line.database.session() as session:
        everything = [known.linkable for known in load(session, StoredMention.id.is_not(None)).values()]
        for mention in everything:
            here = in_jurisdiction(mention.facts.jurisdiction)
            found = set(session.scalars(select(StoredMention.id).where(within_windows(here, [mention]))))
            for other in everything:
                if other.id != mention.id and comparable(mention, other):
                    assert other.id in found
                    compared += 1
    assert compared > len(everything)
