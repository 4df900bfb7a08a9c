"""Two readers: nothing is curated before they agree or a validator has decided between them."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from codebook.errors import BadInput, Conflict, UnknownCode
from codebook.records import Facts, Victim
from store import adjudication, decisions
from store.adjudication import adjudicate, agreed, dispute, disputes, disputes_waiting
from store.database import Database
from store.incidents import incident
from store.queue_filter import QueueFilter
from store.review_queue import lease, listing, release, take_next
from store.review_rules import Rules, set_rules
from store.schema import AuditEntry, Candidate, CuratedIncident, OutboxMessage, StoredReading
from store.second_reading import Verdict, approve, reject, withdraw
from store.undoing import undo_decision
from tests.review_ui import seed

EVERYTHING = QueueFilter()
KILLED = seed.DISPUTE.model_copy(update={"victims": (Victim(sex="male", age=34, outcome="killed"),)})
OTHER = seed.DISPUTE.model_copy(update={"time_of_day": "night", "weapons": ("rifle_shotgun",)})


@pytest.fixture
def twice(database: Database) -> Database:
    """Everything is read twice; `c1` waits."""
    with database.session() as session:
        set_rules(session, Rules(second_share=1.0), by="vera")
        seed.simple(session, "c1")
    return database


def read(database: Database, who: str, facts: Facts | None, version: int = 1, comment: str | None = None) -> object:
    """One person's reading in a transaction of its own; facts of none reject."""
    with database.session() as session:
        if facts is None:
            return reject(session, "c1", version=version, by=who, reason="not_incident", comment=comment)
        return approve(session, "c1", version=version, by=who, facts=facts, comment=comment)


def curated(database: Database) -> int:
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(CuratedIncident)) or 0


def stage(session: Session) -> tuple[str, str, str | None]:
    found = session.get_one(Candidate, "c1")
    return found.state, found.stage, found.first_reader


def test_what_two_people_agree_on_is_curated_once(twice: Database) -> None:
    assert read(twice, "ana", OTHER, comment="the police say so") is None
    assert curated(twice) == 0
    with twice.session() as session:
        assert stage(session) == ("open", "second", "ana")
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
    made = read(twice, "boro", OTHER.model_copy(update={"weapons": OTHER.weapons[::-1]}))
    assert made is not None
    with twice.session() as session:
        assert stage(session) == ("approved", "first", None)
        kept = incident(session, decisions.incident_id("c1"))
        assert kept is not None
        assert kept.time_of_day == "night"
        assert kept.verification.approved_by == "boro"
        parts = session.execute(select(StoredReading.part, StoredReading.by, StoredReading.settled_at.is_(None)))
        assert sorted(map(tuple, parts)) == [("first", "ana", False), ("second", "boro", False)]
        actions = session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject_id == "c1").order_by(AuditEntry.id)
        )
        assert list(actions) == ["first reading", "second reading", "approve"]


def test_what_two_people_reject_for_one_reason_is_rejected(twice: Database) -> None:
    assert read(twice, "ana", None) is False
    assert read(twice, "boro", None) is True
    with twice.session() as session:
        assert stage(session) == ("rejected", "first", None)


def test_the_first_reader_is_neither_offered_the_item_again_nor_can_read_it_twice(twice: Database) -> None:
    read(twice, "ana", seed.DISPUTE)
    with twice.session() as session:
        assert take_next(session, "ana", EVERYTHING) is None
        assert listing(session, EVERYTHING, user="ana") == []
        (row,) = listing(session, EVERYTHING, user="boro")
        assert row.second
    for action in (
        lambda s: lease(s, "c1", "ana"),
        lambda s: approve(s, "c1", version=1, by="ana", facts=seed.DISPUTE),
        lambda s: reject(s, "c1", version=1, by="ana", reason="duplicate"),
    ):
        with pytest.raises(Conflict, match="you have read this item"), twice.session() as session:
            action(session)
    with twice.session() as session:
        taken = take_next(session, "boro", EVERYTHING)
        assert taken is not None
        assert taken.id == "c1"


def test_nobody_goes_round_the_second_reader(twice: Database) -> None:
    for single in (
        lambda s: decisions.approve(s, "c1", version=1, by="vera", facts=seed.DISPUTE),
        lambda s: decisions.reject(s, "c1", version=1, by="vera", reason="duplicate"),
    ):
        with pytest.raises(Conflict, match="needs a second reader"), twice.session() as session:
            single(session)
    read(twice, "ana", seed.DISPUTE)
    with twice.session() as session:
        set_rules(session, Rules(), by="vera")
    with pytest.raises(Conflict, match="needs a second reader"), twice.session() as session:
        decisions.approve(session, "c1", version=1, by="boro", facts=seed.DISPUTE)
    assert curated(twice) == 0


def test_where_they_differ_a_validator_chooses_field_by_field(twice: Database) -> None:
    read(twice, "ana", KILLED)
    assert read(twice, "boro", OTHER) is None
    assert curated(twice) == 0
    with twice.session() as session:
        assert stage(session) == ("open", "adjudication", "ana")
        assert [found.candidate.id for found in disputes(session)] == ["c1"]
        for who in ("ana", "boro", "vera"):
            assert take_next(session, who, EVERYTHING) is None
        found = dispute(session, "c1")
        assert (found.first.by, found.second.by) == ("ana", "boro")
        assert found.differs == ("time_of_day", "weapons", "victims")
    with pytest.raises(BadInput, match="victims"), twice.session() as session:
        adjudicate(session, "c1", version=1, by="vera", sides={"time_of_day": "first", "weapons": "second"})
    with pytest.raises(Conflict, match="one of the two readers"), twice.session() as session:
        adjudicate(session, "c1", version=1, by="boro", sides=dict.fromkeys(found.differs, "second"))
    with twice.session() as session:
        sides = {"time_of_day": "second", "weapons": "first", "victims": "first"}
        adjudicate(session, "c1", version=1, by="vera", sides=sides)  # type: ignore[arg-type]
    with twice.session() as session:
        kept = incident(session, decisions.incident_id("c1"))
        assert kept is not None
        assert (kept.time_of_day, kept.weapons, kept.victims) == ("night", seed.DISPUTE.weapons, KILLED.victims)
        assert kept.verification.approved_by == "vera"
        assert stage(session) == ("approved", "first", None)
        assert disputes(session) == []
    with pytest.raises(Conflict, match="in dispute no more"), twice.session() as session:
        adjudicate(session, "c1", version=1, by="vera", sides=sides)  # type: ignore[arg-type]


def test_a_validator_may_decide_otherwise_than_both(twice: Database) -> None:
    read(twice, "ana", KILLED)
    read(twice, "boro", OTHER)
    with twice.session() as session:
        candidate = session.get_one(Candidate, "c1")
        assert agreed(session, candidate) == seed.DISPUTE, "they differ in all that either corrected"
        for who in ("ana", "boro"):
            with pytest.raises(Conflict, match="a validator decides"):
                lease(session, "c1", who)
        lease(session, "c1", "vera")
    third = KILLED.model_copy(update={"time_of_day": "morning"})
    with pytest.raises(Conflict, match="vera works on this item"):
        read(twice, "ana", third)
    assert read(twice, "vera", third) is not None
    with twice.session() as session:
        assert stage(session) == ("approved", "first", None)
        kept = incident(session, decisions.incident_id("c1"))
        assert kept is not None
        assert (kept.time_of_day, kept.victims) == ("morning", KILLED.victims)
        parts = session.execute(select(StoredReading.part, StoredReading.by).order_by(StoredReading.id)).all()
        assert [tuple(part) for part in parts] == [("first", "ana"), ("second", "boro"), ("adjudication", "vera")]
        assert session.scalar(select(StoredReading.id).where(StoredReading.settled_at.is_(None))) is None


def test_the_form_of_a_validator_holds_what_both_agree_on(twice: Database) -> None:
    morning = KILLED.model_copy(update={"time_of_day": "morning"})
    read(twice, "ana", morning)
    read(twice, "boro", KILLED.model_copy(update={"time_of_day": "night", "weapons": ("rifle_shotgun",)}))
    with twice.session() as session:
        assert agreed(session, session.get_one(Candidate, "c1")) == KILLED
    new_report(twice)
    with twice.session() as session:
        assert agreed(session, session.get_one(Candidate, "c1")) == KILLED, "what is proposed now"


@pytest.mark.parametrize("facts", [None, OTHER], ids=["rejected", "approved"])
def test_who_decides_otherwise_on_what_is_proposed_now_reads_it_first(twice: Database, facts: Facts | None) -> None:
    read(twice, "ana", OTHER)
    read(twice, "boro", None)
    with twice.session() as session:
        assert agreed(session, session.get_one(Candidate, "c1")) == OTHER
    new_report(twice)
    assert not read(twice, "vera", facts, version=2)
    with twice.session() as session:
        assert stage(session) == ("open", "second", "vera")


def test_what_waits_for_a_validator_is_listed_by_one_statement(
    twice: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with twice.session() as session:
        for name in ("c1", "c2", "c3"):
            if name != "c1":
                seed.simple(session, name)
            approve(session, name, version=1, by="ana", facts=KILLED)
            reject(session, name, version=1, by="boro", reason="not_incident")
    statements: list[str] = []
    with twice.session() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *told: statements.append(told[2]))
        assert [found.candidate.id for found in disputes(session)] == ["c1", "c2", "c3"]
        assert len(statements) == 1, "between two of them a colleague might decide"
        assert disputes_waiting(session) == 3
        monkeypatch.setattr(adjudication, "MOST", 2)
        assert [found.candidate.id for found in disputes(session)] == ["c1", "c2"]


@pytest.mark.parametrize(("side", "state"), [("first", "approved"), ("second", "rejected")])
def test_an_approval_against_a_rejection_is_decided_as_a_whole(twice: Database, side: str, state: str) -> None:
    read(twice, "ana", seed.DISPUTE)
    read(twice, "boro", None)
    with twice.session() as session:
        assert dispute(session, "c1").differs == ("decision",)
        adjudicate(session, "c1", version=1, by="vera", sides={"decision": side})  # type: ignore[dict-item]
        assert session.get_one(Candidate, "c1").state == state
    assert curated(twice) == (state == "approved")


def test_a_new_report_while_it_waits_asks_for_another_look(twice: Database) -> None:
    read(twice, "ana", seed.DISPUTE)
    with twice.session() as session:
        session.get_one(Candidate, "c1").version = 2
    with pytest.raises(Conflict, match="new reports"):
        read(twice, "boro", seed.DISPUTE)
    assert read(twice, "boro", seed.DISPUTE, version=2) is not None


def new_report(database: Database) -> None:
    """A report that tells of a death: something else is proposed."""
    with database.session() as session:
        found = session.get_one(Candidate, "c1")
        found.version, found.proposal = found.version + 1, KILLED.model_dump(mode="json")


@pytest.mark.parametrize("facts", [None, seed.DISPUTE], ids=["rejected", "approved"])
def test_a_reading_of_what_is_no_longer_proposed_counts_no_more(twice: Database, facts: Facts | None) -> None:
    read(twice, "ana", facts)
    new_report(twice)
    assert not read(twice, "boro", facts, version=2), "only one person has read the new report"
    with twice.session() as session:
        assert stage(session) == ("open", "second", "boro")
        with pytest.raises(Conflict, match="you have read this item"):
            lease(session, "c1", "boro")
    assert read(twice, "ana", facts, version=2)
    assert curated(twice) == (facts is not None)


def test_what_two_people_read_otherwise_is_read_anew_where_something_else_is_proposed_now(twice: Database) -> None:
    read(twice, "ana", seed.DISPUTE)
    read(twice, "boro", None)
    before = seed.DISPUTE.model_dump(mode="json")
    new_report(twice)
    with twice.session() as session:
        assert adjudicate(session, "c1", version=2, by="vera", sides={"decision": "second"}) is False
        assert stage(session) == ("open", "first", None)
    assert read(twice, "boro", KILLED, version=2) is None
    assert read(twice, "vera", KILLED, version=2) is not None
    with twice.session() as session:
        assert session.get_one(Candidate, "c1").proposal != before


def test_a_report_that_came_and_went_leaves_the_readings_as_they_were(twice: Database) -> None:
    """A merge that was undone."""
    read(twice, "ana", seed.DISPUTE)
    new_report(twice)
    with twice.session() as session:
        found = session.get_one(Candidate, "c1")
        found.version, found.proposal = 3, seed.DISPUTE.model_dump(mode="json")
    assert read(twice, "boro", seed.DISPUTE, version=3) is not None


def test_the_first_reader_may_take_the_reading_back_while_nobody_has_the_item(twice: Database) -> None:
    read(twice, "ana", KILLED)
    with twice.session() as session:
        lease(session, "c1", "boro")
    with pytest.raises(Conflict, match="boro works on this item"), twice.session() as session:
        withdraw(session, "c1", by="ana")
    with pytest.raises(Conflict, match="no reading of yours"), twice.session() as session:
        withdraw(session, "c1", by="boro")
    with twice.session() as session:
        session.get_one(Candidate, "c1").lease_until = func.now()
    with twice.session() as session:
        withdraw(session, "c1", by="ana")
        assert stage(session) == ("open", "first", None)
    read(twice, "ana", seed.DISPUTE)
    assert read(twice, "boro", seed.DISPUTE) is not None


@pytest.mark.parametrize("facts", [None, seed.DISPUTE], ids=["rejected", "approved"])
def test_a_decision_that_is_undone_is_read_anew_by_two(twice: Database, facts: Facts | None) -> None:
    read(twice, "ana", facts)
    read(twice, "boro", facts)
    with twice.session() as session:
        assert undo_decision(session, "c1", by="vera", relink=lambda *_: None) == "c1"
    with twice.session() as session:
        assert stage(session) == ("open", "first", None)
        release(session, "c1", "vera")
        version = session.get_one(Candidate, "c1").version
    assert read(twice, "boro", KILLED, version=version) is None
    assert read(twice, "ana", KILLED, version=version) is not None
    with twice.session() as session:
        kept = incident(session, decisions.incident_id("c1"))
        assert kept is not None
        assert kept.victims == KILLED.victims


@pytest.mark.parametrize(
    ("rules", "proposal", "made", "asks"),
    [
        (Rules(), KILLED, KILLED, False),
        (Rules(second_fatal=True), seed.DISPUTE, seed.DISPUTE, False),
        (Rules(second_fatal=True), KILLED, KILLED, True),
        (Rules(second_fatal=True), KILLED, seed.DISPUTE, True),
        (Rules(second_fatal=True), seed.DISPUTE, KILLED, True),
        (Rules(second_types=("suicide",)), seed.DISPUTE, seed.DISPUTE, False),
        (Rules(second_types=("public_dispute",)), seed.DISPUTE, seed.DISPUTE, True),
    ],
)
def test_which_items_two_people_read(
    database: Database, rules: Rules, proposal: Facts, made: Facts, *, asks: bool
) -> None:
    with database.session() as session:
        set_rules(session, rules, by="vera")
        seed.simple(session, "c1", facts=proposal)
    assert (read(database, "ana", made) is None) == asks
    assert curated(database) == (not asks)


def test_a_rejected_fatal_item_has_a_second_reader_too(database: Database) -> None:
    with database.session() as session:
        set_rules(session, Rules(second_fatal=True), by="vera")
        seed.simple(session, "c1", facts=KILLED)
    assert read(database, "ana", None) is False


def test_a_wrong_form_leaves_no_reading(twice: Database) -> None:
    with pytest.raises(BadInput, match="jurisdiction"):
        read(twice, "ana", seed.DISPUTE.model_copy(update={"jurisdiction": None}))
    with pytest.raises(UnknownCode, match="reason"), twice.session() as session:
        reject(session, "c1", version=1, by="ana", reason="boring")
    with twice.session() as session:
        assert session.scalar(select(func.count()).select_from(StoredReading)) == 0


def test_of_many_who_read_at_once_two_are_kept(twice: Database) -> None:
    """Double clicks and two people at once: never two readings by one person, never two incidents."""
    outcomes: list[str] = []
    together = threading.Barrier(6)

    def go(who: str) -> None:
        together.wait()
        try:
            read(twice, who, seed.DISPUTE)
        except Conflict:
            outcomes.append("conflict")
        else:
            outcomes.append(who)

    threads = [threading.Thread(target=go, args=(("ana", "boro")[n % 2],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ana", "boro", *["conflict"] * 4]
    assert curated(twice) == 1


def test_verdicts_differ_by_what_a_person_would_see() -> None:
    two = (Victim(sex="male", outcome="injured"), Victim(sex="female", outcome="killed"))
    one, other = (Verdict(facts=seed.DISPUTE.model_copy(update={"victims": v})) for v in (two, two[::-1]))
    assert one.differs(other) == ()
    moved = Verdict(facts=seed.DISPUTE.model_copy(update={"place": "Tutin", "place_id": "RS-tutin"}))
    assert one.differs(moved) == ("place", "victims")
    assert Verdict(reason="duplicate").differs(Verdict(reason="not_incident")) == ("decision",)
