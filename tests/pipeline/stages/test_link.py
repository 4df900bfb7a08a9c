"""The stage `link`: mentions are replaced by newer readings, and the queue follows."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import select

from codebook.errors import BadArticle
from codebook.events import MentionsRead
from codebook.records import Article
from pipeline.bus import Message, Partition
from pipeline.runner import Outcome
from pipeline.stages.known import linkable_where
from store.schema import Candidate, StoredMention
from tests.pipeline.stages.line import ELSEWHERE, IN_BOSNIA, KILLED, SHOOTING, Line, article


def message(event: MentionsRead) -> Message:
    return Message(Partition(event.topic, 0), 0, event.key, event.encode(), {}, dt.datetime.now(dt.UTC))


def read_only(line: Line, *articles: Article) -> list[MentionsRead]:
    """Crawl and read articles; the events for the linkers, which have not received them."""
    before = len(line.told())
    line.crawl(*articles)
    line.flow("read")
    return line.told()[before:]


def test_reports_of_one_event_are_one_candidate_and_of_two_are_two(line: Line) -> None:
    line.tell(
        article("a", SHOOTING),
        article("b", SHOOTING, source_id="two.example"),
        article("c", SHOOTING | ELSEWHERE),
        article("d", SHOOTING | ELSEWHERE | {"date": "2025-03-20"}),
    )
    held = sorted(line.mentions(c) for c in line.candidates("open"))
    assert held == [["a-0", "b-0"], ["c-0"], ["d-0"]]


DOUBTED = {
    "date": "2025-03-06",
    "confidence": {"date": 0.5},
    "alternatives": {"date": {"2025-03-03": 0.5}},
}
"""A hearing was taken for the day; the day of the shooting was as likely."""


def test_the_other_days_that_a_report_may_tell_of_are_weighed(line: Line) -> None:
    certain = {name: value for name, value in DOUBTED.items() if name == "date"}
    line.tell(
        article("a", SHOOTING),
        article("b", SHOOTING | DOUBTED, source_id="two.example"),
        article("c", SHOOTING | ELSEWHERE),
        article("d", SHOOTING | ELSEWHERE | certain | {"victims": []}, source_id="two.example"),
    )
    assert sorted(line.mentions(c) for c in line.candidates("open")) == [["a-0", "b-0"], ["c-0"], ["d-0"]]
    with line.database.session() as session:
        assert session.get_one(StoredMention, "b-0").alternatives["date"] == DOUBTED["alternatives"]["date"]


def test_of_a_place_that_a_person_gave_nothing_is_doubted(line: Line) -> None:
    line.tell(article("a", SHOOTING | {"confidence": {"place": 0.4, "incident_type": 0.7}}))
    line.approve(line.candidate("open"), **IN_BOSNIA)
    with line.database.session() as session:
        [known] = linkable_where(session, StoredMention.id == "a-0").values()
    assert (known.facts.place, known.sureness) == ("Zenica", {"incident_type": 0.7})


def test_a_repeated_event_changes_nothing(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING | KILLED))
    before = line.queue()
    versions = [c.version for c in line.candidates()]
    line.replay("read")
    line.replay("link")
    assert [outcome for _, outcome in line.flow()] == [Outcome.DONE] * 4
    assert line.queue() == before
    assert [c.version for c in line.candidates()] == versions
    assert len(line.told()) == 2


def test_a_newer_version_replaces_the_mentions_of_the_older_one(line: Line) -> None:
    line.tell(article("a", SHOOTING, SHOOTING | ELSEWHERE))
    assert line.mentions() == ["a-0", "a-1"]
    candidate = next(c for c in line.candidates() if line.mentions(c) == ["a-0"])
    line.tell(article("a", SHOOTING | KILLED, minutes=5))
    assert line.mentions() == ["a-0"]
    after = line.candidate("open")
    assert (after.id, after.version) == (candidate.id, candidate.version + 1)
    assert after.proposal["victims"][0]["outcome"] == "killed"
    [gone] = line.candidates("superseded")
    assert gone.superseded_by is None


def test_a_version_that_tells_no_incident_empties_the_queue(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("b", SHOOTING))
    line.tell(article("a", minutes=5))
    assert line.mentions(line.candidate("open")) == ["b-0"]
    line.tell(article("b", minutes=5))
    assert line.candidates() == []
    assert {c.superseded_by is None for c in line.candidates("superseded")} == {False, True}


def test_a_reading_that_is_not_the_newest_is_ignored(line: Line) -> None:
    [old] = read_only(line, article("a", SHOOTING))
    [new] = read_only(line, article("a", SHOOTING | KILLED, minutes=5))
    assert line.link.handle(message(new)) is Outcome.DONE
    before = line.queue()
    assert line.link.handle(message(old)) is Outcome.FILTERED
    assert line.queue() == before


def test_an_event_for_an_unknown_article_names_field_value_and_remedy(line: Line) -> None:
    [event] = read_only(line, article("a", SHOOTING))
    stray = event.model_copy(update={"article_id": "nowhere", "mentions": ()})
    with pytest.raises(BadArticle, match=r"\[0\]@0: article_id: 'nowhere': let the article be read first"):
        line.link.handle(message(stray))


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_mention_that_moves_to_another_jurisdiction_leaves_its_queue(line: Line, order: tuple[int, int]) -> None:
    line.tell(article("a", SHOOTING | KILLED), article("b", SHOOTING))
    events = read_only(line, article("a", SHOOTING | IN_BOSNIA, minutes=5))
    assert [event.key for event in events] == ["BA", "RS"]
    for number in order:
        assert line.link.handle(message(events[number])) is Outcome.DONE
    here, there = sorted(line.candidates("open"), key=lambda c: str(c.jurisdiction), reverse=True)
    assert (here.jurisdiction, line.mentions(here)) == ("RS", ["b-0"])
    assert here.proposal["victims"][0]["outcome"] == "injured", "what the gone report told is gone with it"
    assert (there.jurisdiction, line.mentions(there)) == ("BA", ["a-0"])


def test_workers_on_two_jurisdictions_of_one_article_do_not_lose_a_mention(line: Line) -> None:
    events: list[MentionsRead] = []
    for n in range(8):
        here = [SHOOTING | ELSEWHERE, SHOOTING | IN_BOSNIA]
        line.tell(article(f"a{n}", *here))
        events += read_only(line, article(f"a{n}", *reversed(here), minutes=5))
    failures: list[BaseException] = []

    def work(key: str) -> None:
        try:
            for event in events:
                if event.key == key:
                    line.link.handle(message(event))
        except BaseException as error:  # noqa: BLE001  asserted on below
            failures.append(error)

    workers = [threading.Thread(target=work, args=[key]) for key in ("BA", "RS")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    with line.database.session() as session:
        placed = session.execute(
            select(StoredMention.id, StoredMention.jurisdiction, Candidate.jurisdiction, Candidate.state)
            .outerjoin(Candidate, Candidate.id == StoredMention.candidate_id)
            .order_by(StoredMention.id)
        ).all()
    expected = [(f"a{n}-{i}", where, where, "open") for n in range(8) for i, where in enumerate(("BA", "RS"))]
    assert [tuple(row) for row in placed] == expected


def test_an_official_report_among_them_wins_the_vote(line: Line) -> None:
    line.tell(
        article("a", SHOOTING | {"place_type": "public_place"}),
        article("b", SHOOTING | {"place_type": "bar_restaurant"}, source_id="police.example"),
    )
    assert line.candidate("open").proposal["place_type"] == "bar_restaurant"
