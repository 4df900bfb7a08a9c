"""Decisions: nothing enters the curated database but by one, and each is whole or not at all."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from codebook.errors import BadInput, Conflict, UnknownCode
from codebook.events import IncidentPublished
from codebook.records import Facts, Incident, Perpetrator, Victim, facts_of
from store.curation import curate
from store.database import Database
from store.decisions import approve, incident_id, reject
from store.incidents import incident
from store.review_queue import lease
from store.schema import AuditEntry, Candidate, CuratedIncident, OutboxMessage, Revision
from store.training_examples import training_examples
from tests.review_ui import seed


def _count(database: Database, table: type) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def candidate(database: Database) -> str:
    with database.session() as session:
        return seed.simple(session, "c1").id


def test_an_approval_writes_incident_revision_audit_and_event_together(database: Database, candidate: str) -> None:
    with database.session() as session:
        made = approve(session, candidate, version=1, by="ana", facts=seed.DISPUTE)
    with database.session() as session:
        assert incident(session, made.id) == made
        assert made.id == incident_id(candidate)
        assert (made.verification.approved_by, made.verification.sources, made.revision) == ("ana", 1, 1)
        (revision,) = session.scalars(select(Revision)).all()
        assert (revision.number, revision.by, revision.before) == (1, "ana", None)
        assert revision.why == "approved as proposed"
        assert revision.after == made.model_dump(mode="json")
        assert session.scalar(select(AuditEntry.action).where(AuditEntry.subject_id == candidate)) == "approve"
        (message,) = session.scalars(select(OutboxMessage)).all()
        assert message.value is not None
        assert IncidentPublished.decode(message.value, "outbox") == IncidentPublished.of(made)
        decided = session.get_one(Candidate, candidate)
        assert (decided.state, decided.decided_by, decided.incident_id) == ("approved", "ana", made.id)


def test_what_the_monitor_corrected_is_what_is_curated(database: Database, candidate: str) -> None:
    corrected = seed.DISPUTE.model_copy(update={"victims": (Victim(sex="female", age=35, outcome="killed"),)})
    with database.session() as session:
        approve(session, candidate, version=1, by="ana", facts=corrected)
    with database.session() as session:
        kept = incident(session, incident_id(candidate))
        assert kept is not None
        assert kept.victims == corrected.victims
        assert session.scalar(select(Revision.why)) == "approved with corrections"


def test_the_audit_trail_tells_what_was_proposed_and_decided_and_models_learn_it(database: Database) -> None:
    corrected = seed.DISPUTE.model_copy(update={"time_of_day": "night"})
    told: dict[str, Any] = {
        "comment": "The police say so.",
        "why": "boro decided between two readers",
        "read_enough": True,
    }
    with database.session() as session:
        seed.simple(session, "c1")
        seed.simple(session, "c2")
        made = approve(session, "c1", version=1, by="ana", facts=corrected, **told)
        reject(session, "c2", version=1, by="ana", reason="no_firearm", **told)
    with database.session() as session:
        approval, rejection = (
            session.scalars(select(AuditEntry).where(AuditEntry.subject_id == candidate)).one()
            for candidate in ("c1", "c2")
        )
        for entry in (approval, rejection):
            assert entry.before == {"proposal": seed.DISPUTE.model_dump(mode="json")}
            assert entry.why == told["why"]
        assert approval.after == {"incident": made.id, "revision": 1, "comment": told["comment"]}
        revision = session.scalars(select(Revision).where(Revision.incident_id == made.id, Revision.number == 1)).one()
        assert facts_of(Incident.model_validate(revision.after)) == corrected
        assert rejection.after == {"rejection_reason": "no_firearm", "comment": told["comment"]}
        examples = {example.decisions: example.labelled for example in training_examples(session)}
        assert examples["c1",]["incidents"][0]["event_key"] == made.id
        assert (examples["c2",]["relevant"], examples["c2",]["reason"]) == (False, "no_firearm")


def test_a_decision_that_fails_on_the_way_leaves_no_trace(database: Database, candidate: str) -> None:
    def approve_and_die() -> None:
        with database.session() as session:
            approve(session, candidate, version=1, by="ana", facts=seed.DISPUTE)
            raise ZeroDivisionError

    before = _count(database, AuditEntry)
    with pytest.raises(ZeroDivisionError):
        approve_and_die()
    assert [_count(database, t) for t in (CuratedIncident, Revision, OutboxMessage)] == [0, 0, 0]
    assert _count(database, AuditEntry) == before
    with database.session() as session:
        assert session.get_one(Candidate, candidate).state == "open"


def test_without_a_jurisdiction_nothing_is_curated(database: Database, candidate: str) -> None:
    nowhere = seed.DISPUTE.model_copy(update={"jurisdiction": None})
    with pytest.raises(BadInput, match="jurisdiction"), database.session() as session:
        approve(session, candidate, version=1, by="ana", facts=nowhere)
    assert _count(database, CuratedIncident) == 0


@pytest.mark.parametrize("version", [0, 2, 10**6])
def test_a_decision_on_another_version_is_a_conflict(database: Database, candidate: str, version: int) -> None:
    with pytest.raises(Conflict, match="new reports"), database.session() as session:
        approve(session, candidate, version=version, by="ana", facts=seed.DISPUTE)
    assert _count(database, CuratedIncident) == 0


def test_an_item_is_decided_once(database: Database, candidate: str) -> None:
    with database.session() as session:
        reject(session, candidate, version=1, by="ana", reason="duplicate")
    for decide in (
        lambda s: approve(s, candidate, version=2, by="boro", facts=seed.DISPUTE),
        lambda s: reject(s, candidate, version=2, by="boro", reason="duplicate"),
    ):
        with pytest.raises(Conflict), database.session() as session:
            decide(session)
    assert _count(database, CuratedIncident) == 0


def test_who_holds_an_item_alone_decides_it(database: Database, candidate: str) -> None:
    with database.session() as session:
        lease(session, candidate, "ana")
    with pytest.raises(Conflict, match="ana"), database.session() as session:
        approve(session, candidate, version=1, by="boro", facts=seed.DISPUTE)
    with database.session() as session:
        approve(session, candidate, version=1, by="ana", facts=seed.DISPUTE)
    assert _count(database, CuratedIncident) == 1


def test_a_rejection_needs_a_reason_of_the_list(database: Database, candidate: str) -> None:
    with pytest.raises(UnknownCode, match="reason"), database.session() as session:
        reject(session, candidate, version=1, by="ana", reason="boring")
    with database.session() as session:
        assert session.get_one(Candidate, candidate).state == "open"


def test_of_many_who_decide_at_once_one_succeeds(database: Database, candidate: str) -> None:
    """The race that a double click, two monitors or a resent form make."""
    outcomes: list[str] = []
    together = threading.Barrier(6)

    def decide(who: str, rejects: bool) -> None:
        together.wait()
        try:
            with database.session() as session:
                if rejects:
                    reject(session, candidate, version=1, by=who, reason="duplicate")
                else:
                    approve(session, candidate, version=1, by=who, facts=seed.DISPUTE)
        except Conflict:
            outcomes.append("conflict")
        else:
            outcomes.append("decided")

    threads = [threading.Thread(target=decide, args=(("ana", "boro")[n % 2], n % 3 == 0)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict"] * 5 + ["decided"]
    assert _count(database, CuratedIncident) + _rejected(database) == 1
    assert _count(database, OutboxMessage) == _count(database, CuratedIncident) == _count(database, Revision)


def _rejected(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).where(Candidate.state == "rejected")) or 0


def test_an_update_becomes_the_next_revision_of_its_incident(database: Database, candidate: str) -> None:
    with database.session() as session:
        first = approve(session, candidate, version=1, by="ana", facts=seed.DISPUTE)
    died = seed.DISPUTE.model_copy(update={"victims": (Victim(sex="male", age=34, outcome="killed"),)})
    with database.session() as session:
        update = seed.simple(session, "c2", facts=died)
        update.kind, update.incident_id = "update", first.id
    with database.session() as session:
        second = approve(session, "c2", version=1, by="boro", facts=died)
    assert (second.id, second.revision) == (first.id, 2)
    with database.session() as session:
        revisions = session.scalars(select(Revision).order_by(Revision.number)).all()
        assert revisions[1].before == revisions[0].after
        assert json.loads(second.model_dump_json()) == revisions[1].after
        assert Facts.model_validate(second.model_dump(include=set(Facts.model_fields))).victims == died.victims
        assert len({message.event_id for message in session.scalars(select(OutboxMessage))}) == 2


def test_an_update_brings_the_reports_that_said_nothing_new(database: Database, candidate: str) -> None:
    with database.session() as session:
        first = approve(session, candidate, version=1, by="ana", facts=seed.DISPUTE)
        silent = seed.report(
            session, session.get_one(Candidate, candidate), "Isto", "Tekst.", source_id="drugi.example"
        )
        update = seed.simple(session, "c2")
        update.kind, update.incident_id = "update", first.id
        second = approve(session, "c2", version=1, by="ana", facts=seed.DISPUTE)
    assert silent.id in second.articles
    assert list(second.articles) == sorted(second.articles)
    assert (first.verification.sources, second.verification.sources) == (1, 2)


def test_a_revision_may_put_a_victim_where_a_perpetrator_stood_and_back(database: Database, candidate: str) -> None:
    victim = Victim(sex="female", age=35, outcome="injured", relation="stranger")
    one = seed.DISPUTE.model_copy(
        update={"victims": (victim,), "perpetrators": (Perpetrator(sex="male", status="arrested"),)}
    )
    two = one.model_copy(update={"victims": (victim, Victim(sex="male", outcome="killed"))})
    with database.session() as session:
        made = approve(session, candidate, version=1, by="ana", facts=one)
    for facts in (two, one):
        with database.session() as session:
            curate(session, made.id, facts, (), by="ana", why="a second victim")
        with database.session() as session:
            kept = incident(session, made.id)
            assert kept is not None
            assert (kept.victims, kept.perpetrators) == (facts.victims, facts.perpetrators)
