"""The stage `read`: once in effect, newest version only, screened-out log, the linkers told."""

from __future__ import annotations

import datetime as dt

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import func, select

from classifiers.reader import default_reader
from codebook.errors import BadArticle, FutureSchema
from codebook.events import ArticleFetched
from codebook.records import Article, Reading
from pipeline.bus import Message, Partition
from pipeline.runner import Outcome
from pipeline.runner.metrics import Metrics
from pipeline.stages.read import ReadStage
from store.schema import ArticleVersion, ProcessedEvent, StoredArticle
from tests.pipeline.stages.line import FETCHED, IN_BOSNIA, SHOOTING, JsonReader, Line, article


def message(event: ArticleFetched, offset: int = 0) -> Message:
    place = Partition(ArticleFetched.topic, 0)
    return Message(place, offset, event.key, event.encode(), {}, dt.datetime.now(dt.UTC))


def stored(line: Line, id_: str = "a") -> StoredArticle:
    with line.database.session() as session:
        return session.get_one(StoredArticle, id_)


def test_a_reading_is_written_once_however_often_the_event_comes(line: Line) -> None:
    event = ArticleFetched.of(article("a", SHOOTING))
    assert [line.read.handle(message(event, offset)) for offset in range(3)] == [Outcome.DONE] * 3
    [told] = line.told()
    assert [m.id for m in told.mentions] == ["a-0"]
    assert told.event_id == f"{event.event_id}:json-1:RS"
    assert told.occurred_at == FETCHED
    row = stored(line)
    assert (row.relevant, row.read_hash, row.reader_version, row.lang) == (True, row.content_hash, "json-1", "sr")
    with line.database.session() as session:
        assert session.scalar(select(func.count()).select_from(ProcessedEvent)) == 1


def test_who_read_is_written_and_counted_once(line: Line) -> None:
    class FallenBack(JsonReader):
        def read(self, article: Article) -> Reading:
            return (
                super().read(article).model_copy(update={"read_by": "encoder", "fallback": "the model did not answer"})
            )

    registry = CollectorRegistry()
    stage = ReadStage(line.database, FallenBack(), Metrics(registry))
    event = ArticleFetched.of(article("a", SHOOTING))
    assert [stage.handle(message(event, offset)) for offset in range(2)] == [Outcome.DONE] * 2
    row = stored(line)
    assert (row.read_by, row.read_fallback) == ("encoder", "the model did not answer")
    labels = {"read_by": "encoder", "fallback": "the model did not answer"}
    assert registry.get_sample_value("avmp_readings_total", labels) == 1


def test_an_irrelevant_article_ends_in_the_screened_out_log(line: Line) -> None:
    assert line.tell(article("a")) == [("read", Outcome.FILTERED)]
    row = stored(line)
    assert (row.relevant, row.irrelevance_reason) == (False, "no_firearm")
    assert line.told() == []


def test_every_jurisdiction_of_this_reading_and_of_the_last_is_told(line: Line) -> None:
    line.tell(article("a", SHOOTING, SHOOTING | IN_BOSNIA))
    assert [(e.key, [m.id for m in e.mentions]) for e in line.told()] == [("BA", ["a-1"]), ("RS", ["a-0"])]
    line.tell(article("a", SHOOTING | IN_BOSNIA, minutes=5))
    assert [(e.key, [m.id for m in e.mentions]) for e in line.told()[2:]] == [("BA", ["a-0"]), ("RS", [])]
    line.tell(article("a", minutes=10))
    assert [(e.key, e.mentions) for e in line.told()[4:]] == [("BA", ())]
    assert line.mentions() == []


def test_a_mention_without_jurisdiction_goes_to_a_linker_of_its_own(line: Line) -> None:
    line.tell(article("a", {"incident_type": "public_dispute"}))
    [event] = line.told()
    assert (event.key, event.jurisdiction) == ("-", None)
    assert line.candidate().jurisdiction is None


def test_a_version_that_is_no_longer_the_newest_is_not_written(line: Line) -> None:
    old, new = article("a", SHOOTING), article("a", SHOOTING | {"weapons": ["automatic"]}, minutes=5)
    line.crawl(old, new)
    assert line.read.handle(message(ArticleFetched.of(new))) is Outcome.DONE
    assert line.read.handle(message(ArticleFetched.of(old))) is Outcome.FILTERED
    [event] = line.told()
    assert event.mentions[0].weapons == ("automatic",)
    assert stored(line).read_hash == new.content_hash


def test_an_edit_that_is_taken_back_is_read_again(line: Line) -> None:
    first, other = [SHOOTING], [SHOOTING | {"weapons": ["automatic"]}]
    for minutes, incidents in enumerate((first, other, first)):
        assert line.tell(article("a", *incidents, minutes=minutes)) == [
            ("read", Outcome.DONE),
            ("link", Outcome.DONE),
        ]
    events = line.told()
    assert len({event.event_id for event in events}) == 3
    assert [event.mentions[0].weapons[0] for event in events] == ["handgun", "automatic", "handgun"]
    assert line.candidate().proposal["weapons"] == ["handgun"]


def test_a_new_reader_reads_what_an_old_one_has_read(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    line.read_with(JsonReader("json-2"))
    line.replay("read")
    assert line.flow() == [("read", Outcome.DONE), ("link", Outcome.DONE)]
    assert stored(line).reader_version == "json-2"
    assert [event.reader_version for event in line.told()] == ["json-1", "json-2"]
    assert line.candidate().version == 1, "the new reader found what the old one had found"


def test_an_article_from_elsewhere_is_stored_with_its_versions(line: Line) -> None:
    for minutes, weapon in enumerate(("handgun", "automatic")):
        event = ArticleFetched.of(article("a", SHOOTING | {"weapons": [weapon]}, minutes=minutes))
        assert line.read.handle(message(event)) is Outcome.DONE
    line.flow()
    assert line.candidate().proposal["weapons"] == ["automatic"]
    with line.database.session() as session:
        assert session.scalar(select(func.count()).select_from(ArticleVersion)) == 1


def test_an_article_of_an_unknown_source_names_field_value_and_remedy(line: Line) -> None:
    event = ArticleFetched.of(article("a", SHOOTING, source_id="nobody.example"))
    with pytest.raises(BadArticle, match=r"\[0\]@0: article.source_id: 'nobody.example': add the source"):
        line.read.handle(message(event))
    assert line.told() == []


def test_an_article_without_text_names_field_value_and_remedy(line: Line) -> None:
    with pytest.raises(BadArticle, match=r"\[0\]@0: article.text: ' ': give the article its text"):
        line.read.handle(message(ArticleFetched.of(article("a", text=" "))))


def test_a_future_version_names_field_value_and_remedy(line: Line) -> None:
    wire = ArticleFetched.of(article("a", SHOOTING)).encode().replace(b'"schema_version":1', b'"schema_version":7')
    future = Message(Partition(ArticleFetched.topic, 0), 3, "a", wire, {}, FETCHED)
    with pytest.raises(FutureSchema, match=r"\[0\]@3: schema_version: 7: .* up to version 1: update it, then requeue"):
        line.read.handle(future)


@pytest.mark.slow
def test_the_reader_that_ships_brings_a_report_into_the_queue(line: Line) -> None:
    line.read_with(default_reader())
    report = article(
        "a",
        title="Pucnjava u Novom Pazaru: ranjen mladić",
        text=(
            "Muškarac je ranjen sinoć iz pištolja u kafiću u Novom Pazaru, saopštila je policija. Napadač je posle "
            "svađe ispalio više hitaca u njega i pobegao. Povređeni je prebačen u bolnicu, a policija traga za napadačem."
        ),
    )
    weather = article(
        "b", title="Sutra sunčano", text="Sutra će u celoj zemlji biti sunčano i toplo vreme bez padavina."
    )
    assert sorted(line.tell(report, weather)) == [
        ("link", Outcome.DONE),
        ("read", Outcome.DONE),
        ("read", Outcome.FILTERED),
    ]
    assert stored(line, "b").relevant is False
    candidate = line.candidate("open")
    assert candidate.jurisdiction == "RS"
    assert candidate.proposal["place"] == "Novi Pazar"
    assert candidate.proposal["weapons"] == ["handgun"]
    assert [(v["sex"], v["outcome"]) for v in candidate.proposal["victims"]] == [("male", "injured")]
