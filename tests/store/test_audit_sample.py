"""The audit of what was screened out: who is drawn, what an answer does, what follows for the reader's recall."""

from __future__ import annotations

import datetime as dt
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from codebook.errors import BadInput, Conflict, StoreError
from codebook.events import MentionsRead
from store import audit_sample
from store.database import Database
from store.decisions import approve, reject
from store.intervals import clopper_pearson
from store.recall import Counted, figures
from store.review_rules import Rules, drawn, rules, set_rules
from store.schema import AuditEntry, AuditItem, OutboxMessage, StoredArticle
from tests.review_ui import seed

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
EVERYTHING = Rules(audit_share=1.0)


def screened(session: Session, number: int, **more: object) -> StoredArticle:
    outlet = seed.source(session, "hronika.example")
    article = StoredArticle(
        id=f"a{number}", source_id=outlet.id, source_jurisdiction="RS", source_kind="media", url=f"https://x/{number}",
        title=f"Vest {number}", text="Tekst.", lang="sr", script="Latn", published=seed.PUBLISHED,
        fetched=seed.PUBLISHED, content_hash="v1", read_hash="v1", reader_version="r1", relevant=False, relevance=0.1,
        **more,
    )  # fmt: skip
    session.add(article)
    session.flush()
    return article


def test_the_draw_follows_from_the_key_alone_and_grows_with_the_share() -> None:
    keys = [f"article-{number}" for number in range(5000)]
    one, five = ({key for key in keys if drawn(key, share)} for share in (0.01, 0.05))
    assert one < five
    assert 25 < len(one) < 80
    assert 180 < len(five) < 320
    assert not any(drawn(key, 0.0) for key in keys)
    assert all(drawn(key, 1.0) for key in keys)


def test_the_database_draws_what_the_program_draws(database: Database) -> None:
    with database.session() as session:
        for number in range(300):
            screened(session, number)
        for share in (0.0, 0.02, 0.5, 1.0):
            found = set(session.scalars(select(StoredArticle.id).where(*audit_sample.in_sample(share))))
            assert found == {f"a{number}" for number in range(300) if drawn(f"a{number}", share)}, share


def test_the_rules_are_kept_with_who_set_them(database: Database) -> None:
    with database.session() as session:
        assert rules(session) == Rules(0.01, 0.0, (), second_fatal=False)
        new = Rules(0.05, 0.2, ("suicide",), second_fatal=True)
        set_rules(session, new, by="vera")
        assert rules(session) == new
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "set review rules")).one()
        assert entry.actor == "vera"
        assert (entry.before or {})["audit_share"] == 0.01
        assert (entry.after or {})["second_types"] == ["suicide"]
    with pytest.raises(BadInput, match="audit_share"):
        Rules(audit_share=1.5)
    with pytest.raises(BadInput, match="second_types"):
        Rules(second_types=("quarrel",))


def test_every_drawn_article_comes_once_and_nobody_gets_anothers(database: Database) -> None:
    with database.session() as session:
        set_rules(session, EVERYTHING, by="vera")
        for number in range(6):
            screened(session, number)
    with database.session() as session:
        first = audit_sample.take(session, "ana")
        assert first == min((f"a{n}" for n in range(6)), key=lambda key: hashlib.md5(key.encode()).hexdigest())
    with database.session() as session:
        other = audit_sample.take(session, "boro")
        assert other not in (None, first)
        assert audit_sample.take(session, "ana") == first
        with pytest.raises(Conflict, match="ana reads this article until"):
            audit_sample.lease(session, first or "", "boro")
    answered = []
    with database.session() as session:
        while (article := audit_sample.take(session, "ana")) is not None:
            audit_sample.answer(session, article, "ana", missed=False, content_hash="v1")
            answered.append(article)
        assert len(set(answered)) == len(answered) == 5
        assert audit_sample.waiting(session) == 1
        held = session.get_one(AuditItem, other)
        held.lease_until = func.now() - dt.timedelta(seconds=1)
        session.flush()
        assert audit_sample.take(session, "ana") == other
        assert audit_sample.take(session, "ana", "AL") is None
        assert audit_sample.take(session, "ana", "RS", "sr") == other


def test_no_incident_sends_nothing_and_a_missed_one_goes_to_the_linker_once(database: Database) -> None:
    with database.session() as session:
        set_rules(session, EVERYTHING, by="vera")
        screened(session, 1)
        audit_sample.answer(session, "a1", "ana", missed=False, content_hash="v1")
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    with database.session() as session:
        with pytest.raises(Conflict, match=r"ana answered for this article on .*: no incident"):
            audit_sample.answer(session, "a1", "boro", missed=True, content_hash="v1")
        audit_sample.answer(session, "a1", "ana", missed=True, content_hash="v1")
        (message,) = session.scalars(select(OutboxMessage))
        event = MentionsRead.decode(message.value or b"", "outbox")
        (mention,) = event.mentions
        assert (mention.id, mention.jurisdiction, mention.incident_type) == ("a1-0", "RS", "other")
        assert (event.content_hash, event.reader_version) == ("v1", "r1")
        trail = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "audit article")).all()
        assert trail == [{"answer": "no_incident"}, {"answer": "missed"}]
    with database.session() as session:
        with pytest.raises(Conflict, match="an incident was missed"):
            audit_sample.answer(session, "a1", "ana", missed=True, content_hash="v1")
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 1


def test_what_was_reworded_or_is_in_the_queue_by_now_is_not_answered_for(database: Database) -> None:
    with database.session() as session:
        set_rules(session, EVERYTHING, by="vera")
        article = screened(session, 1)
        with pytest.raises(Conflict, match="reworded"):
            audit_sample.answer(session, "a1", "ana", missed=True, content_hash="v0")
        article.relevant = True
        session.flush()
        with pytest.raises(Conflict, match="in the queue"):
            audit_sample.answer(session, "a1", "ana", missed=True, content_hash="v1")
        with pytest.raises(StoreError, match="no article a7"):
            audit_sample.lease(session, "a7", "ana")


def test_no_incident_stays_where_a_newer_reading_found_one_meanwhile(database: Database) -> None:
    """A missed one would take the place of what the reader found, and has no facts."""
    with database.session() as session:
        set_rules(session, EVERYTHING, by="vera")
        article = screened(session, 1)
        audit_sample.answer(session, "a1", "ana", missed=False, content_hash="v1")
        article.relevant, article.reader_version = True, "r2"
    with database.session() as session:
        for missed in (True, False):
            with pytest.raises(Conflict, match="in the queue"):
                audit_sample.answer(session, "a1", "ana", missed=missed, content_hash="v1")
        assert session.get_one(AuditItem, "a1").answer == "no_incident"
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


SLOW_MD5 = """
create function public.md5(told text) returns text language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(7);
    return pg_catalog.md5(told);
end $$
"""
"""The digest by which articles are drawn, for as long as somebody holds the lock: time between what a statement sees
and what it locks."""


SOMEBODY_WAITS = """
select exists (
    select from pg_locks join pg_database on pg_database.oid = pg_locks.database
    where datname = current_database() and locktype = 'advisory' and objid = 7 and not granted
)
"""


def test_who_looked_before_a_colleague_took_an_article_gets_another(database: Database) -> None:
    with database.session() as session:
        set_rules(session, EVERYTHING, by="vera")
        for number in range(2):
            screened(session, number)
        session.execute(text(SLOW_MD5))

    def take(user: str, *, slowly: bool) -> str | None:
        with database.session() as session:
            if slowly:
                session.execute(text("set local search_path to public, pg_catalog"))
            return audit_sample.take(session, user)

    with ThreadPoolExecutor() as pool:
        with database.session() as gate:
            gate.execute(text("select pg_advisory_xact_lock(7)"))
            late = pool.submit(take, "boro", slowly=True)
            while not gate.scalar(text(SOMEBODY_WAITS)):
                assert not late.done(), late.result()
            early = take("ana", slowly=False)
        assert {early, late.result()} == {"a0", "a1"}
    with database.session() as session:
        assert session.get_one(AuditItem, early).lease_owner == "ana"


def test_an_article_that_was_not_drawn_is_no_part_of_the_audit(database: Database) -> None:
    with database.session() as session:
        set_rules(session, Rules(audit_share=0.0), by="vera")
        screened(session, 1)
        assert audit_sample.take(session, "ana") is None
        with pytest.raises(StoreError, match="not drawn"):
            audit_sample.answer(session, "a1", "ana", missed=False, content_hash="v1")


def test_after_ten_decisions_an_article_of_the_audit_is_due(database: Database) -> None:
    with database.session() as session:
        set_rules(session, EVERYTHING, by="vera")
        screened(session, 1)
        for number in range(audit_sample.EVERY):
            assert not audit_sample.due(session, "ana")
            seed.simple(session, f"c{number}")
            reject(session, f"c{number}", version=1, by="ana", reason="not_incident")
            session.flush()
        assert audit_sample.due(session, "ana")
        assert not audit_sample.due(session, "boro")
        audit_sample.answer(session, "a1", "ana", missed=False, content_hash="v1")
        session.flush()
        assert not audit_sample.due(session, "ana")


def test_the_articles_are_counted_by_what_became_of_them(database: Database) -> None:
    with database.session() as session:
        set_rules(session, EVERYTHING, by="vera")
        for number in range(5):
            screened(session, number)
        for name in ("approved", "duplicate", "false", "open"):
            seed.simple(session, name)
        approve(session, "approved", version=1, by="ana", facts=seed.DISPUTE)
        reject(session, "duplicate", version=1, by="ana", reason="duplicate")
        reject(session, "false", version=1, by="ana", reason="no_firearm")
        for number, missed in enumerate((True, False, False, True)):
            audit_sample.answer(session, f"a{number}", "ana", missed=missed, content_hash="v1")
        refuted = seed.candidate(session, "refuted")
        seed.report(session, refuted, "Druga vest", "Tekst.")
        told = session.scalars(select(StoredArticle).where(StoredArticle.title == "Druga vest")).one()
        told.relevant = False
        session.add(
            AuditItem(
                article_id=told.id, content_hash="v1", share=1.0, answer="missed", answered_by="ana",
                answered_at=func.now(),
            )
        )  # fmt: skip
        session.flush()
        reject(session, "refuted", version=1, by="boro", reason="not_incident")
        expected = Counted(told=2, false=1, undecided=1, screened_out=6, answered=5, missed=2)
        found = figures(session, LONG_AGO)
        assert (found.all, found.by_jurisdiction, found.by_language) == (expected, {"RS": expected}, {"sr": expected})
        assert figures(session, seed.PUBLISHED + dt.timedelta(days=1)).all == Counted()


def test_the_recall_and_its_interval_follow_from_the_share_missed() -> None:
    counts = Counted(told=90, false=10, undecided=100, screened_out=10_000, answered=500, missed=2)
    estimate = counts.recall
    assert estimate is not None
    assert counts.found == pytest.approx(180)
    assert estimate.value == pytest.approx(180 / (180 + 40))
    low, high = clopper_pearson(2, 500)
    assert (estimate.low, estimate.high) == pytest.approx((180 / (180 + high * 10_000), 180 / (180 + low * 10_000)))


def test_without_an_answer_there_is_no_estimate() -> None:
    assert Counted(told=5, screened_out=100).recall is None
    assert Counted(screened_out=100, answered=10).recall is None
    perfect = Counted(told=5, screened_out=100, answered=100).recall
    assert perfect is not None
    assert perfect.value == perfect.high == 1.0
    assert perfect.low < 0.7
