"""The queue's order, its filters and its counts, in a real database."""

from __future__ import annotations

import datetime as dt
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from codebook.records import Facts
from store import notes
from store.decisions import approve
from store.queue_facets import COUNTED, cube, facets
from store.queue_filter import QueueFilter, waits_for
from store.queue_reasons import why_nothing
from store.review_queue import listing, take_next
from store.schema import Candidate, StoredArticle, StoredMention
from tests.review_ui import seed

EVERYTHING = QueueFilter()


def ids(session: Session, chosen: QueueFilter, user: str | None = None) -> list[str]:
    return [row.id for row in listing(session, chosen, user=user)]


def number_of(session: Session, chosen: QueueFilter, user: str | None = None) -> int:
    return len(ids(session, chosen, user))


def put(
    session: Session,
    candidate_id: str,
    *,
    days_ago: int = 0,
    priority: float = 1.0,
    certainty: float = 1.0,
    facts: Facts = seed.DISPUTE,
    entered: int = 0,
    **report: Any,
) -> Candidate:
    """A candidate with one report of the day it entered the queue, which was so many days before today; its event was
    so many days before that."""
    now = dt.datetime.now(dt.UTC) - dt.timedelta(days=entered)
    report = {"published": now} | report
    facts = facts.model_copy(update={"date": now.date() - dt.timedelta(days=days_ago)})
    made = seed.candidate(session, candidate_id, facts=facts, priority=priority)
    made.created_at = now
    seed.report(session, made, candidate_id, "Tekst.", facts=facts, confidence={"incident_type": certainty}, **report)
    session.flush()
    session.refresh(made)
    return made


def test_the_killed_come_first_then_the_recent_then_the_uncertain(session: Session) -> None:
    put(session, "harmless_today", priority=1)
    put(session, "killed_three_days_ago", priority=11, days_ago=3)
    put(session, "killed_long_ago", priority=11, days_ago=300)
    put(session, "killed_today_surely", priority=11, certainty=0.95)
    put(session, "killed_today_perhaps", priority=11, certainty=0.55)
    expected = [
        "killed_today_perhaps", "killed_today_surely", "killed_three_days_ago", "harmless_today", "killed_long_ago",
    ]  # fmt: skip
    assert ids(session, EVERYTHING) == expected
    taken: list[str] = []
    while (found := take_next(session, "ana", EVERYTHING, skip=taken)) is not None:
        taken.append(found.id)
    assert taken == expected


def test_a_date_after_the_report_brings_nothing_forward_and_an_update_counts_from_its_report(session: Session) -> None:
    put(session, "misread", days_ago=-400, priority=1)
    put(session, "today", priority=2)
    put(session, "long ago", days_ago=200, priority=4)
    put(session, "approved")
    incident = approve(session, "approved", version=1, by="ana", facts=seed.DISPUTE)
    update = put(session, "update", days_ago=200, priority=3)
    update.kind, update.incident_id = "update", incident.id
    session.flush()
    assert ids(session, EVERYTHING) == ["update", "today", "misread", "long ago"]


UNDATED = seed.DISPUTE.model_copy(update={"date": None, "date_precision": "unknown"})


def undated(session: Session, candidate_id: str, *, days_ago: int | None, fetched: int = 0, **more: Any) -> Candidate:
    """A candidate that came today, with a report of so many days ago that tells no date."""
    now = dt.datetime.now(dt.UTC)
    made = seed.candidate(session, candidate_id, facts=UNDATED, **more)
    published = None if days_ago is None else now - dt.timedelta(days=days_ago)
    article = seed.report(session, made, candidate_id, "Tekst.", facts=UNDATED, published=published)
    article.fetched = now - dt.timedelta(days=fetched)
    session.flush()
    session.execute(text("update mentions set published = published"))  # as when it is read again
    session.refresh(made)
    return made


def test_old_articles_found_late_do_not_come_before_the_killings(session: Session) -> None:
    undated(session, "undated_of_last_year", days_ago=300, priority=8)
    undated(session, "nothing_dated", days_ago=None, priority=2)
    undated(session, "fetched_long_ago", days_ago=None, fetched=100, priority=8)
    put(session, "killed_yesterday", priority=11, days_ago=1)
    expected = ["killed_yesterday", "nothing_dated", "fetched_long_ago", "undated_of_last_year"]
    assert ids(session, EVERYTHING) == expected


def test_the_newest_report_counts_and_only_while_it_is_of_the_item(session: Session) -> None:
    made = undated(session, "c1", days_ago=300)
    put(session, "today", priority=1)
    before = made.turn
    newer = seed.report(session, made, "newer", "Tekst.", facts=UNDATED, published=dt.datetime.now(dt.UTC))
    session.refresh(made)
    assert made.turn == pytest.approx(before - 300)
    session.query(StoredMention).filter_by(article_id=newer.id).one().candidate_id = "today"
    session.flush()
    session.refresh(made)
    assert made.turn == before


def test_a_late_report_makes_an_event_no_younger_than_its_date(session: Session) -> None:
    put(session, "retold", days_ago=30, priority=2)
    put(session, "yesterday", days_ago=1, priority=1)
    update = put(session, "update", days_ago=1, published=dt.datetime.now(dt.UTC) - dt.timedelta(days=60))
    put(session, "approved")
    update.kind, update.incident_id = "update", approve(session, "approved", version=1, by="ana", facts=seed.DISPUTE).id
    session.flush()
    assert ids(session, EVERYTHING) == ["yesterday", "retold", "update"]


def test_the_turn_follows_every_change_of_the_reports(session: Session) -> None:
    one, other = put(session, "c1", certainty=0.9), put(session, "c2", certainty=0.5, source_id="mup.example")
    article = session.query(StoredArticle).filter_by(source_id="mup.example").one()
    article.source_kind, article.lang = "official", "mk"
    session.flush()
    before = other.turn
    mention = session.query(StoredMention).filter_by(candidate_id="c2").one()
    mention.candidate_id = "c1"
    session.flush()
    for made in (one, other):
        session.refresh(made)
    assert (one.certainty, one.official, one.langs) == (0.9, True, ["mk", "sr"])
    assert one.source_ids == ["hronika.example", "mup.example"]
    assert (other.certainty, other.official, other.langs, other.source_ids) == (1.0, False, [], [])
    mention.candidate_id = "c2"
    session.flush()
    session.refresh(other)
    assert (other.turn, other.certainty, other.official) == (before, 0.5, True)
    session.delete(mention)
    session.flush()
    session.refresh(other)
    assert other.langs == []


def test_an_article_that_hardly_tells_an_incident_makes_an_item_uncertain(session: Session) -> None:
    made = put(session, "c1", certainty=0.99)
    session.query(StoredArticle).one().relevance = 0.4
    session.flush()
    session.query(StoredMention).one().confidence = {"incident_type": 0.98}
    session.flush()
    session.refresh(made)
    assert made.certainty == pytest.approx(0.4)


@pytest.fixture
def mixed(session: Session) -> Session:
    """Two of everything, in all combinations."""
    combinations = product(
        (0, 3, 30), (0.5, 0.7, 0.9), ("RS", "MK"), (("a.example", "media"), ("b.example", "official"))
    )
    for number, (entered, certainty, jurisdiction, (source, kind)) in enumerate(combinations):
        facts = seed.DISPUTE.model_copy(
            update={"jurisdiction": jurisdiction, "incident_type": ("public_dispute", "other")[number % 2]}
        )
        put(
            session, f"c{number:02}", facts=facts, certainty=certainty, entered=entered, source_id=source, kind=kind,
            lang=("sr", "mk", "sq")[number % 3],
        )  # fmt: skip
    return session


FILTERS = (
    EVERYTHING,
    QueueFilter(jurisdiction="MK"),
    QueueFilter(kind="official", age="week"),
    QueueFilter(certainty="low", lang="sq"),
    QueueFilter(source="b.example", certainty="high", incident_type="other"),
    QueueFilter(source="b.example", kind="media"),
    QueueFilter(jurisdiction="AL", age="older"),
)


@pytest.mark.parametrize("chosen", FILTERS, ids=lambda chosen: "+".join(chosen.active) or "none")
def test_the_counts_are_those_of_the_lists(mixed: Session, chosen: QueueFilter) -> None:
    of_source = cube(mixed, chosen.source) if chosen.source else None
    found = facets(cube(mixed), of_source, chosen, "ana")
    assert found.everything == 36
    assert found.waiting == len(ids(mixed, chosen))
    for name in COUNTED:
        for value, number in found.counts[name].items():
            assert number == number_of(mixed, chosen.model_copy(update={name: value})), (name, value)
    assert found.counts["source"] == {"a.example": 18, "b.example": 18}
    assert found.without == {name: number_of(mixed, chosen.without(name)) for name in chosen.active}


def test_every_filter_narrows_to_what_it_says(mixed: Session) -> None:
    assert len(ids(mixed, QueueFilter(age="day"))) == 12
    assert len(ids(mixed, QueueFilter(age="week"))) == 12
    assert len(ids(mixed, QueueFilter(age="older"))) == 12
    assert len(ids(mixed, QueueFilter(certainty="medium"))) == 12
    assert {row.certainty for row in listing(mixed, QueueFilter(certainty="low"))} == {0.5}
    assert len(ids(mixed, QueueFilter(kind="official"))) == 18
    assert {row.languages for row in listing(mixed, QueueFilter(lang="sq"))} == {("sq",)}
    assert ids(mixed, QueueFilter(age="older", jurisdiction="RS", certainty="high", kind="media")) == ["c32"]


def _why(session: Session, chosen: QueueFilter, user: str = "boro"):  # type: ignore[no-untyped-def]
    return why_nothing(session, chosen, user, facets(cube(session), None, chosen, user))


def test_who_holds_what_matches_is_told(session: Session) -> None:
    moldovan = seed.DISPUTE.model_copy(update={"jurisdiction": "MD"})
    for candidate_id, facts, hour in (("c1", seed.DISPUTE, 10), ("c2", moldovan, 9)):
        made = seed.simple(session, candidate_id, facts=facts)
        made.lease_owner, made.lease_until = "ana", dt.datetime(2999, 1, 7, hour, 30, tzinfo=dt.UTC)
    session.flush()
    (holder,) = _why(session, EVERYTHING).held
    assert (holder.name, holder.items, holder.jurisdiction) == ("ana", 2, "MD")
    assert holder.until.hour == 9
    assert _why(session, EVERYTHING, "ana").held == ()
    assert _why(session, QueueFilter(jurisdiction="AL")).held == ()


def test_of_each_filter_is_told_how_much_would_wait_without_it(mixed: Session) -> None:
    found = _why(mixed, QueueFilter(jurisdiction="AL", age="day", certainty="low"))
    assert (found.empty, found.unfiltered, found.without) == (False, 36, {"jurisdiction": 4})
    assert _why(mixed, QueueFilter(jurisdiction="AL", lang="ro")).without == {}


def test_what_a_person_asked_about_or_read_first_is_not_counted_for_them(mixed: Session) -> None:
    for candidate_id in ("c00", "c01"):
        notes.ask(mixed, candidate_id, "ana", "Dispute or robbery?")
        mixed.get_one(Candidate, candidate_id).lease_owner = None
    notes.ask(mixed, "c01", "boro", "Who shot?")
    read = mixed.get_one(Candidate, "c02")
    read.stage, read.first_reader = "second", "ana"
    mixed.flush()
    for user, number in (("ana", 33), ("boro", 35)):
        found = facets(cube(mixed), None, EVERYTHING, user)
        assert found.everything == found.waiting == number_of(mixed, EVERYTHING, user) == number
        assert sum(found.counts["source"].values()) == number
    notes.write(mixed, "c01", "ana", "A robbery.")
    assert facets(cube(mixed), None, EVERYTHING, "boro").waiting == 36


def test_nothing_waits_for_who_asked_about_all_there_is(session: Session) -> None:
    seed.simple(session, "c1")
    notes.ask(session, "c1", "ana", "Dispute or robbery?")
    found = _why(session, EVERYTHING, "ana")
    assert (found.empty, found.asked, found.unfiltered) == (True, 1, 0)
    assert not _why(session, EVERYTHING).empty


def test_an_empty_queue_is_empty(session: Session) -> None:
    assert _why(session, EVERYTHING).empty


@pytest.mark.parametrize(
    ("chosen", "index"),
    [
        (EVERYTHING, "ix_candidates_turn"),
        (QueueFilter(jurisdiction="MK"), "ix_candidates_jurisdiction_turn"),
        (QueueFilter(order="newest"), "ix_candidates_created_at"),
        (QueueFilter(order="oldest"), "ix_candidates_created_at"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_comes_next_is_found_by_an_index(session: Session, chosen: QueueFilter, index: str) -> None:
    session.execute(
        text(
            "insert into candidates (id, jurisdiction, state, kind, version, proposal, priority, created_at, source_ids) "
            "select 'c' || i, case when i % 50 = 0 then 'MK' else 'RS' end, 'open', 'new', 1, "
            """jsonb_build_object('incident_type', 'other', 'pad', repeat('x', 900)), i % 40, """
            "now() - make_interval(mins => i), array['s' || i % 500] from generate_series(1, 20000) i"
        )
    )
    session.execute(text("analyze candidates"))
    query = select(Candidate).where(*waits_for("ana"), *chosen.conditions()).order_by(*chosen.by).limit(1)
    sql = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    plan = "\n".join(session.scalars(text(f"explain {sql}".replace(":", "\\:"))))
    assert index in plan
