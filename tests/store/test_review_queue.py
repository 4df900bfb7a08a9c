"""The queue and the decisions on it, in a real database."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from codebook.errors import Conflict, UnknownCode
from codebook.records import Victim
from store.decisions import approve, reject
from store.incidents import ORDERS, IncidentQuery, count, incidents, revisions
from store.queue_filter import QueueFilter
from store.review_queue import item, lease, listing, take_next
from store.schema import Candidate
from tests.review_ui import seed

EVERYTHING = QueueFilter()


def test_the_line_of_the_queue_has_the_title_that_the_page_shows_first(session: Session) -> None:
    made = seed.candidate(session, "c1")
    for title, day in (("middle", 5), ("newest", 6), ("oldest", 4), ("undated", None)):
        published = day and seed.PUBLISHED.replace(day=day)
        seed.report(session, made, title, "Tekst.", published=published or None)
    assert [row.title for row in listing(session, EVERYTHING)] == ["newest"]
    titles = [report.article.title for report in item(session, "c1").reports]
    assert titles == ["newest", "middle", "oldest", "undated"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [(None, ["c2", "c3", "c1"]), ("oldest", ["c1", "c2", "c3"]), ("newest", ["c3", "c2", "c1"])],
)
def test_items_are_offered_in_the_order_in_which_they_are_listed(
    session: Session, order: str | None, expected: list[str]
) -> None:
    for number, (candidate_id, priority) in enumerate((("c1", 1.0), ("c2", 9.0), ("c3", 5.0))):
        made = seed.simple(session, candidate_id, priority=priority)
        made.created_at = seed.PUBLISHED + dt.timedelta(hours=number)
    session.flush()
    chosen = QueueFilter(order=order)
    assert [row.id for row in listing(session, chosen)] == expected
    offered: list[str] = []
    while (found := take_next(session, "ana", chosen, skip=offered)) is not None:
        offered.append(found.id)
    assert offered == expected


def test_who_holds_an_item_is_told_on_the_clock_of_its_jurisdiction(session: Session) -> None:
    moldovan = seed.DISPUTE.model_copy(update={"jurisdiction": "MD"})
    for candidate_id, facts in (("c1", seed.DISPUTE), ("c2", moldovan)):
        made = seed.simple(session, candidate_id, facts=facts)
        made.lease_owner, made.lease_until = "ana", dt.datetime(2999, 1, 7, 9, 30, tzinfo=dt.UTC)
    session.flush()
    with pytest.raises(Conflict, match=r"^ana works on this item until 10:30 CET: take the next one$"):
        lease(session, "c1", "boro")
    with pytest.raises(Conflict, match=r"until 11:30 EET"):
        lease(session, "c2", "boro")


def test_what_became_of_an_item_is_told_with_its_day(session: Session) -> None:
    made = seed.simple(session, "c1")
    made.state, made.decided_by, made.rejection_reason = "rejected", "ana", "duplicate"
    made.decided_at = dt.datetime(2025, 7, 7, 9, 30, tzinfo=dt.UTC)
    session.flush()
    with pytest.raises(Conflict, match=r"^ana rejected this item on 7 July 2025, 11:30 CEST: take the next one$"):
        approve(session, "c1", version=1, by="boro", facts=seed.DISPUTE)


def test_an_approval_says_whether_anything_was_corrected(session: Session) -> None:
    seed.simple(session, "c1")
    seed.simple(session, "c2")
    corrected = seed.DISPUTE.model_copy(update={"victims": (Victim(sex="female", outcome="injured"),)})
    untouched = approve(session, "c1", version=1, by="ana", facts=seed.DISPUTE)
    changed = approve(session, "c2", version=1, by="ana", facts=corrected)
    told = [revisions(session, incident.id)[0] for incident in (untouched, changed)]
    assert [(r.number, r.by, r.why) for r in told] == [
        (1, "ana", "approved as proposed"),
        (1, "ana", "approved with corrections"),
    ]
    assert told[1].before is None
    assert told[1].after is not None
    assert told[1].after["victims"][0]["sex"] == "female"


def test_a_rejection_needs_a_reason_of_the_list(session: Session) -> None:
    seed.simple(session, "c1")
    with pytest.raises(UnknownCode, match="reason"):
        reject(session, "c1", version=1, by="ana", reason="dull")
    found = session.get(Candidate, "c1")
    assert found is not None
    assert found.state == "open"


def test_every_order_of_the_table_shows_every_incident(session: Session) -> None:
    for number, place in enumerate(("Čačak", None, "Bor")):
        facts = seed.DISPUTE.model_copy(
            update={"place": place, "geo_precision": 1 if place else 3, "date": dt.date(2025, 3, 1 + number)}
        )
        seed.simple(session, f"c{number}", facts=facts)
        approve(session, f"c{number}", version=1, by="ana", facts=facts)
    for order in ORDERS:
        assert len(list(incidents(session, IncidentQuery(), order=order))) == count(session, IncidentQuery()) == 3
    days = [i.date for i in incidents(session, IncidentQuery(), order="oldest")]
    assert days == sorted(days, key=str)
    places = [i.place for i in incidents(session, IncidentQuery(), order="place")]
    assert set(places[:2]) == {"Bor", "Čačak"}
    assert places[2] is None
