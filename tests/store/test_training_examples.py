"""Decisions as training examples: what people said of an article, and nothing that they did not."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifiers.labelled import LabelledArticle
from codebook.records import Facts, Perpetrator, Seizure, Victim
from pipeline.stages.requeue import relink
from store import audit_sample
from store.database import Database
from store.decisions import approve, incident_id, reject
from store.review_rules import Rules, set_rules
from store.schema import Candidate, StoredArticle, StoredMention
from store.training_examples import HELD_OUT, TrainingExample, decisions_since, held_out, training_examples
from store.undoing import undo_decision
from tests.review_ui import seed
from tests.store.test_audit_sample import screened

TITLE = "Ranjen muškarac"
TEXT = "U kafani u Novom Pazaru sinoć je iz pištolja ranjen muškarac (34)."
READ = {
    "incident_type": "ranjen",
    "place": "Novom Pazaru",
    "date": "sinoć",
    "weapons_0": "pištolja",
    "victims_0": "muškarac",
}


def item(session: Session, candidate_id: str, facts: Facts = seed.DISPUTE, **more: Any) -> StoredArticle:
    """An open item with one report, read as its facts say."""
    made = session.get(Candidate, candidate_id) or seed.candidate(session, candidate_id, facts=facts)
    names = {"weapons_0": "weapons[0]", "victims_0": "victims[0]"}
    evidence = [
        piece | {"field": names.get(field, field)}
        for field, words in READ.items()
        for piece in seed.spans(TITLE, TEXT, **{field: words})
    ]
    return seed.report(session, made, TITLE, TEXT, facts=facts, evidence=evidence, **more)


def examples(database: Database) -> list[TrainingExample]:
    with database.session() as session:
        return training_examples(session)


def only(database: Database) -> TrainingExample:
    (found,) = examples(database)
    LabelledArticle.model_validate(found.labelled)
    return found


def approved(database: Database, facts: Facts = seed.DISPUTE, candidate_id: str = "c1") -> None:
    with database.session() as session:
        version = session.get_one(Candidate, candidate_id).version
        approve(session, candidate_id, version=version, by="ana", facts=facts)


def test_what_was_approved_as_proposed_is_told_with_the_words_it_was_read_in(database: Database) -> None:
    with database.session() as session:
        item(session, "c1")
    assert examples(database) == []
    approved(database)
    example = only(database)
    labelled = LabelledArticle.model_validate(example.labelled)
    assert (labelled.title, labelled.text, labelled.lang, labelled.script) == (TITLE, TEXT, "sr", "Latn")
    assert (labelled.relevant, labelled.reason, labelled.published) == (True, None, dt.date(2025, 3, 4))
    assert labelled.event_key == incident_id("c1") == example.events[0]
    (incident,) = labelled.incidents
    assert (incident.incident_type, incident.date, incident.place) == (
        "public_dispute",
        dt.date(2025, 3, 3),
        "Novi Pazar",
    )
    assert incident.victims[0].model_dump() == seed.DISPUTE.victims[0].model_dump()
    assert incident.evidence is not None
    assert (incident.evidence.type, incident.evidence.place, incident.evidence.date) == (
        "ranjen",
        "Novom Pazaru",
        "sinoć",
    )
    assert (incident.evidence.weapons, incident.evidence.victims) == (("pištolja",), ("muškarac",))
    assert example.decisions == ("c1",)


def test_a_correction_is_told_and_has_no_words(database: Database) -> None:
    with database.session() as session:
        item(session, "c1")
    approved(database, seed.DISPUTE.model_copy(update={"place": "Raška", "weapons": ("automatic",)}))
    incident = LabelledArticle.model_validate(only(database).labelled).incidents[0]
    assert (incident.place, incident.weapons) == ("Raška", ("automatic",))
    assert incident.evidence is not None
    assert (incident.evidence.place, incident.evidence.weapons) == (None, ())
    assert (incident.evidence.type, incident.evidence.victims) == ("ranjen", ("muškarac",))


@pytest.mark.parametrize(
    "corrected",
    [
        {"incident_type": "undetermined_shooting"},
        {"victims": (Victim(sex="male", age=34, outcome="killed"),)},
        {"victims": (*seed.DISPUTE.victims, Victim(sex="female", outcome="injured"))},
        {"perpetrators": (Perpetrator(sex="male", status="fled"),)},
    ],
)
def test_a_person_or_type_that_was_not_read_leaves_no_words_to_learn_nobody_from(
    database: Database, corrected: dict[str, Any]
) -> None:
    with database.session() as session:
        item(session, "c1")
    approved(database, seed.DISPUTE.model_copy(update=corrected))
    assert LabelledArticle.model_validate(only(database).labelled).incidents[0].evidence is None


@pytest.mark.parametrize(("kind", "told"), [("bar_restaurant", "bar_restaurant"), ("unreported", None)])
def test_a_kind_of_place_is_told_and_one_that_nobody_set_is_no_label(
    database: Database, kind: str, told: str | None
) -> None:
    with database.session() as session:
        item(session, "c1")
    approved(database, seed.DISPUTE.model_copy(update={"place_type": kind}))
    assert LabelledArticle.model_validate(only(database).labelled).incidents[0].place_type == told


def test_a_date_of_a_week_is_no_day_and_a_seizure_is_told(database: Database) -> None:
    with database.session() as session:
        item(session, "c1")
    seized = {"date_precision": "week", "seizure": Seizure(firearms=2, where="inland")}
    approved(database, seed.DISPUTE.model_copy(update=seized))
    incident = LabelledArticle.model_validate(only(database).labelled).incidents[0]
    assert incident.date is None
    assert incident.seizure == Seizure(firearms=2, where="inland")


@pytest.mark.parametrize("reason", ["outside_region", "war_or_military", "no_firearm", "old_case_only", "not_incident"])
def test_what_was_rejected_tells_no_incident(database: Database, reason: str) -> None:
    with database.session() as session:
        item(session, "c1")
        reject(session, "c1", version=1, by="ana", reason=reason)
    labelled = LabelledArticle.model_validate(only(database).labelled)
    assert (labelled.relevant, labelled.reason, labelled.incidents) == (False, reason, ())


@pytest.mark.parametrize("reason", ["duplicate", "other"])
def test_what_was_rejected_without_a_word_on_its_facts_is_no_example(database: Database, reason: str) -> None:
    with database.session() as session:
        item(session, "c1")
        reject(session, "c1", version=1, by="ana", reason=reason, comment="seen before")
    assert examples(database) == []


def test_what_was_undone_or_withdrawn_is_no_example(database: Database) -> None:
    with database.session() as session:
        item(session, "c1")
        item(session, "c2", source_id="vesti.example")
    approved(database)
    with database.session() as session:
        reject(session, "c2", version=1, by="ana", reason="not_incident")
    assert len(examples(database)) == 2
    with database.session() as session:
        undo_decision(session, "c1", by="ana", relink=relink)
    with database.session() as session:
        undo_decision(session, "c2", by="ana", relink=relink)
    assert examples(database) == []


def test_an_article_tells_what_was_approved_when_it_was_the_news(database: Database) -> None:
    with database.session() as session:
        first = item(session, "c1")
    approved(database)
    killed = seed.DISPUTE.model_copy(update={"victims": (Victim(sex="male", age=34, outcome="killed"),)})
    with database.session() as session:
        update = seed.candidate(session, "c2", facts=killed)
        update.kind, update.incident_id = "update", incident_id("c1")
        later = item(session, "c2", killed, source_id="vesti.example")
    approved(database, killed, "c2")
    told = {e.labelled["id"]: e.labelled["incidents"][0]["victims"][0]["outcome"] for e in examples(database)}
    assert told == {first.id: "injured", later.id: "killed"}
    assert {e.events for e in examples(database)} == {(incident_id("c1"),)}


def test_a_report_that_joined_unseen_or_was_reworded_or_is_not_decided_throughout_is_no_example(
    database: Database,
) -> None:
    with database.session() as session:
        seen, reworded, other = (item(session, "c1", source_id=f"{name}.example") for name in ("a", "b", "c"))
    approved(database)
    with database.session() as session:
        item(session, "c1", source_id="d.example")  # joined the incident after it was approved
        session.get_one(StoredArticle, reworded.id).content_hash = "v2"
        second = seed.candidate(session, "copen")
        told = session.scalars(select(StoredMention).where(StoredMention.article_id == other.id)).one()
        session.add(
            StoredMention(
                id=f"{other.id}-1", article_id=other.id, position=1, content_hash="v1", reader_version="test",
                jurisdiction="RS", incident_type="suicide", facts=told.facts, confidence={}, evidence=[],
                candidate_id=second.id,
            )
        )  # fmt: skip
    assert [e.labelled["id"] for e in examples(database)] == [seen.id]
    with database.session() as session:
        reject(session, "copen", version=1, by="ana", reason="not_incident")
    both = {e.labelled["id"]: e for e in examples(database)}
    assert set(both) == {seen.id, other.id}
    assert len(both[other.id].labelled["incidents"]) == 1
    assert both[other.id].decisions == ("c1", "copen")


def test_a_round_up_tells_its_incidents_where_the_words_of_each_are_known(database: Database) -> None:
    with database.session() as session:
        article = item(session, "c1")
        second = seed.candidate(session, "c2")
        first = session.scalars(select(StoredMention).where(StoredMention.article_id == article.id)).one()
        session.add(
            StoredMention(
                id=f"{article.id}-1", article_id=article.id, position=1, content_hash="v1", reader_version="test",
                jurisdiction="RS", incident_type="public_dispute", facts=first.facts, confidence={},
                evidence=first.evidence, candidate_id=second.id,
            )
        )  # fmt: skip
    approved(database)
    assert examples(database) == []
    approved(database, candidate_id="c2")
    example = only(database)
    assert [i["event_key"] for i in example.labelled["incidents"]] == [incident_id("c1"), incident_id("c2")]
    assert example.events == tuple(sorted((incident_id("c1"), incident_id("c2"))))


def test_answers_of_the_audit(database: Database) -> None:
    with database.session() as session:
        set_rules(session, Rules(audit_share=1.0), by="vera")
        for number in (1, 2, 3):
            screened(session, number, irrelevance_reason="no_firearm")
        audit_sample.answer(session, "a1", "ana", missed=False, content_hash="v1")
        audit_sample.answer(session, "a2", "ana", missed=True, content_hash="v1")
    example = only(database)
    assert (example.labelled["id"], example.labelled["relevant"], example.labelled["reason"]) == (
        "a1",
        False,
        "no_firearm",
    )
    with database.session() as session:
        session.get_one(StoredArticle, "a1").content_hash = "v2"
    assert examples(database) == []


def test_a_language_that_is_not_read_teaches_nothing(database: Database) -> None:
    with database.session() as session:
        item(session, "c1", lang="other")
    approved(database)
    assert examples(database) == []


def test_a_fifth_of_the_events_is_held_out_whole_and_always_the_same(database: Database) -> None:
    share = sum(held_out(f"i{n}") for n in range(5000)) / 5000
    assert abs(share - 1 / HELD_OUT) < 0.03
    ids = [f"c{n}" for n in range(20)]
    with database.session() as session:
        for n in ids:
            item(session, n)
            item(session, n, source_id="vesti.example")
    for n in ids:
        approved(database, candidate_id=n)
    found = examples(database)
    assert [e.labelled["id"] for e in found] == sorted(e.labelled["id"] for e in found)
    assert json.dumps([e.labelled for e in found]) == json.dumps([e.labelled for e in examples(database)])
    by_event = {e.events: {(o.trained_on, o.measured_on) for o in found if o.events == e.events} for e in found}
    assert all(len(kinds) == 1 for kinds in by_event.values())
    assert {kind for kinds in by_event.values() for kind in kinds} == {(True, False), (False, True)}


def made(events: Sequence[str]) -> TrainingExample:
    return TrainingExample({"id": "a"}, ("c1",), tuple(events), dt.datetime(2025, 3, 4, tzinfo=dt.UTC))


def test_a_round_up_of_events_of_both_kinds_is_neither_trained_nor_measured_on() -> None:
    held = next(f"i{n}" for n in range(100) if held_out(f"i{n}"))
    free = next(f"i{n}" for n in range(100) if not held_out(f"i{n}"))
    assert (made([held]).trained_on, made([held]).measured_on) == (False, True)
    assert (made([free]).trained_on, made([free]).measured_on) == (True, False)
    assert (made([held, free]).trained_on, made([held, free]).measured_on) == (False, False)


def test_decisions_are_counted_once_and_from_a_moment_on() -> None:
    found = [made(["i1"]), made(["i1"])]
    day = dt.datetime(2025, 3, 4, tzinfo=dt.UTC)
    assert decisions_since(found, None) == 1
    assert decisions_since(found, day - dt.timedelta(days=1)) == 1
    assert decisions_since(found, day) == 0
