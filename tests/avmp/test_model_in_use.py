"""The stage `read` takes up the model an administrator chose, between two articles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from avmp.model_in_use import ReadWithChosenModel, models_folder
from avmp.settings import load
from classifiers.linear import MODEL
from classifiers.reader import default_reader, linear_reader, reader_of, write_model
from pipeline.runner.metrics import Metrics
from store import model_offers
from store.curation import database_time
from store.schema import StoredArticle
from tests.pipeline.stages.line import Line, article

TEXT = "Muškarac (34) ranjen je sinoć iz pištolja u kafani u Novom Pazaru, posle svađe za stolom."


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    made = Line(database_url)
    yield made
    made.close()


def offered(line: Line, folder: str) -> int:
    with line.database.session() as session:
        figures: dict[str, object] = {"dev": {}}
        now = database_time(session)
        made = model_offers.offer(session, folder, "r", made_at=now, decisions=1, before=figures, after=figures)
        return made.id


def choose(line: Line, offer_id: int | None) -> None:
    with line.database.session() as session:
        if offer_id is None:
            model_offers.use_shipped(session, by="ana")
        else:
            model_offers.take(session, offer_id, by="ana")


def read(line: Line, id_: str) -> str | None:
    line.crawl(article(id_, text=TEXT, title="Ranjen muškarac"))
    line.flow("read")
    with line.database.session() as session:
        return session.get_one(StoredArticle, id_).reader_version


def stage(line: Line, home: Path, look_seconds: float = 0.0, **environment: str) -> ReadWithChosenModel:
    settings = load({"AVMP_HOME": str(home)} | environment)
    return ReadWithChosenModel(line.database, settings, Metrics(CollectorRegistry()), look_seconds)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With a model that reads as the shipped one does, under another name: its file has a byte more."""
    write_model(models_folder(tmp_path) / "new", MODEL.read_bytes() + b"\0")
    return tmp_path


def test_a_worker_changes_the_model_between_two_articles(line: Line, home: Path) -> None:
    line.read = stage(line, home)
    new = reader_of(models_folder(home) / "new").version
    assert new != default_reader().version
    offer = offered(line, "new")
    assert read(line, "a") == default_reader().version, "an offer does not read"
    choose(line, offer)
    assert read(line, "b") == new
    choose(line, None)
    assert read(line, "c") == default_reader().version
    with line.database.session() as session:
        assert session.get_one(StoredArticle, "b").reader_version == new, "what was read is not read again"


def test_a_worker_begins_with_the_chosen_model_and_does_not_look_at_every_article(line: Line, home: Path) -> None:
    choose(line, offered(line, "new"))
    line.read = stage(line, home, look_seconds=10_000)
    new = reader_of(models_folder(home) / "new").version
    assert read(line, "a") == new
    choose(line, None)
    assert read(line, "b") == new


def test_a_model_that_is_not_there_lets_the_shipped_one_read(line: Line, home: Path) -> None:
    choose(line, offered(line, "elsewhere"))
    line.read = stage(line, home)
    assert read(line, "a") == default_reader().version


def test_the_encoder_stays_off_where_it_is_off(line: Line, home: Path) -> None:
    line.read = stage(line, home, AVMP_ENCODER="false")
    assert read(line, "a") == linear_reader().version
    choose(line, offered(line, "new"))
    assert read(line, "b") == reader_of(models_folder(home) / "new", encoder=False).version
