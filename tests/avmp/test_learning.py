"""The nightly job over a small corpus and some decisions: real training, real measuring, an offer or the reason why
there is none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import select

from avmp.learning import job
from avmp.learning.job import Material, learn
from avmp.learning.measuring import Yardstick
from avmp.model_in_use import chosen_model, models_folder, reader_with
from classifiers.encoder import training as encoder_training
from classifiers.encoder.encoder import FILES, FOLDER
from classifiers.evaluation.floors import Floors
from classifiers.evaluation.stream import ordinary_day
from classifiers.labelled import LabelledArticle, load
from classifiers.linear import Head, packed, unpacked
from classifiers.reader import default_reader, reader_of, write_model
from classifiers.training import CORPUS, Corpus, Fitted, fit
from codebook.errors import AvmpError
from store import model_offers
from store.curation import database_time
from store.database import Database
from store.model_offers import take
from store.schema import ModelOffer
from store.training_examples import held_out, training_examples
from store.users import add_user
from tests.avmp.decided import decide

pytestmark = pytest.mark.slow

LEAST = 12


def hash_of(articles: Sequence[LabelledArticle]) -> str:
    """As `classifiers.evaluation.evaluate` tells articles apart."""
    return sha256(b"".join(one.model_dump_json().encode() for one in articles)).hexdigest()


@pytest.fixture(scope="module")
def material() -> Material:
    """Eighty articles to train on, twelve to measure on, floors that anything reaches."""
    dev = load(CORPUS / "dev.jsonl")[::21]
    floors = Floors(hash_of(dev), {"overall.relevance_recall": 0.0})
    stream = Floors(hash_of(list(ordinary_day(dev))), {"overall.relevance_recall": 0.0})
    articles = load(CORPUS / "train.jsonl")[::60]
    return Material(Corpus(articles, hash_of(articles)), Yardstick(dev, floors, stream))


@pytest.fixture(scope="module")
def decided() -> list[LabelledArticle]:
    """Twenty articles that nobody trained on yet, of one incident or none."""
    return [one for one in load(CORPUS / "train.jsonl")[1::200] if len(one.incidents) < 2][:20]


@pytest.fixture
def database(database_url: str, decided: list[LabelledArticle]) -> Iterator[Database]:
    opened = Database(database_url)
    with opened.session() as session:
        add_user(session, "ana", "monitor", by="test")
        add_user(session, "ada", "administrator", by="test")
        for one in decided:
            decide(session, one)
    yield opened
    opened.close()


@cache
def _fitted_once(digest: str, articles: tuple[LabelledArticle, ...]) -> Fitted:
    return fit(Corpus(articles, digest))


@pytest.fixture
def trained_on(monkeypatch: pytest.MonkeyPatch) -> list[Corpus]:
    """What the job trained on. The same articles are fitted once in this module."""
    given: list[Corpus] = []

    def noted(corpus: Corpus) -> Fitted:
        given.append(corpus)
        return _fitted_once(corpus.digest, tuple(corpus.articles))

    monkeypatch.setattr(job, "fit", noted)
    return given


class Told(list[str]):
    def __call__(self, line: str) -> None:
        self.append(line)


def run(database: Database, home: Path, material: Material, least: int = LEAST) -> Told:
    told = Told()
    learn(database, home, told, lambda: material, least)
    return told


def offers(database: Database) -> list[ModelOffer]:
    with database.session() as session:
        return list(session.scalars(select(ModelOffer).order_by(ModelOffer.id)))


def use(database: Database, home: Path, name: str, model: bytes) -> None:
    """Lets a model be in use since yesterday."""
    write_model(models_folder(home) / name, model)
    with database.session() as session:
        figures: dict[str, object] = {"dev": {}}
        yesterday = database_time(session) - dt.timedelta(days=1)
        made = model_offers.offer(
            session, name, f"linear-{name}", made_at=yesterday, decisions=1, before=figures, after=figures
        )
        take(session, made.id, by="ada")


def use_a_bad_model(database: Database, home: Path, material: Material) -> None:
    """Lets a model be in use that surely takes what tells an incident for what tells none, and the other way round."""
    good = unpacked(_fitted_once(material.corpus.digest, tuple(material.corpus.articles)).shipped, "small")
    heads = dict(good.heads)
    head = heads["relevance"]
    heads["relevance"] = Head(head.labels, -50 * head.weights, -50 * head.bias)
    use(database, home, "bad", packed(heads, good.about))


def test_a_few_new_decisions_train_nothing(database: Database, tmp_path: Path, material: Material) -> None:
    told = run(database, tmp_path, material, least=100)
    assert told == ["20 new decisions: a model is trained from 100 on. Nothing to do."]
    assert offers(database) == []
    assert not models_folder(tmp_path).exists()


def test_a_better_model_is_offered_and_does_not_read(
    database: Database, tmp_path: Path, material: Material, decided: list[LabelledArticle], trained_on: list[Corpus]
) -> None:
    use_a_bad_model(database, tmp_path, material)
    told = run(database, tmp_path, material)
    _, offer = offers(database)
    assert offer.state == "offered", told
    assert told[0] == "Training on 20 new decisions, and on those before."
    assert told[-1] == f"Offered: model {offer.folder}. An administrator decides on it, on the page Models."
    assert chosen_model(database) == "bad", "nobody took the new one"

    (corpus,) = trained_on
    learned = {one.id for one in corpus.articles} - {one.id for one in material.corpus.articles}
    with database.session() as session:
        events = {e.labelled["id"]: e.events for e in training_examples(session)}
    held = {id_ for id_, (event,) in events.items() if held_out(event)}
    assert len(events) == len(decided)
    assert held
    assert learned == {f"decided-{id_}" for id_ in set(events) - held}
    assert not {one.id for one in corpus.articles} & {one.id for one in material.yardstick.articles}

    assert offer.before is not None and offer.after is not None
    assert set(offer.after) == {"dev", "stream", "decisions"} == set(offer.before)
    assert offer.after["decisions"]["articles"] == len(held)
    assert offer.after["dev"]["articles"] == len(material.yardstick.articles)
    assert json.loads(json.dumps(offer.after))["dev"]["overall"]["type"]["n"] > 0

    folder = models_folder(tmp_path) / offer.folder
    assert sorted(file.name for file in folder.iterdir()) == ["about.json", "linear.npz"]
    assert reader_of(folder).version == offer.reader
    assert [one.name for one in models_folder(tmp_path).iterdir() if one.name.startswith(".")] == []

    again = run(database, tmp_path, material)
    assert again[0].startswith("0 new decisions since ")
    assert len(offers(database)) == 2


def test_a_model_below_a_floor_or_no_better_is_never_offered(
    database: Database, tmp_path: Path, material: Material, trained_on: list[Corpus]
) -> None:
    impossible = replace(material.yardstick.floors, least={"overall.type": 1.1, "overall.date": 0.0})
    told = run(database, tmp_path, replace(material, yardstick=replace(material.yardstick, floors=impossible)))
    (first,) = offers(database)
    assert first.state == "failed"
    assert first.why is not None and first.why.startswith("below its floor: overall.type ")
    assert told[-1] == f"Not offered: {first.why}."
    assert first.before is not None, "the figures are kept, so that it can be seen what is worse"
    assert list(models_folder(tmp_path).iterdir()) == []
    with pytest.raises(AvmpError), database.session() as session:
        take(session, first.id, by="ada")

    with database.session() as session:
        session.query(ModelOffer).delete()
    (corpus,) = trained_on
    use(database, tmp_path, "same", _fitted_once(corpus.digest, tuple(corpus.articles)).shipped)
    run(database, tmp_path, material)  # which makes the model in use again
    _, second = offers(database)
    assert second.why is not None and second.why.startswith("not better than the model in use: ")
    assert [folder.name for folder in models_folder(tmp_path).iterdir()] == ["same"]
    with pytest.raises(AvmpError), database.session() as session:
        take(session, second.id, by="ada")


def test_a_training_that_fails_is_recorded_and_tried_again(
    database: Database, tmp_path: Path, material: Material
) -> None:
    (tmp_path / "models").write_text("a file where a folder belongs")
    for _ in range(2):
        with pytest.raises(AvmpError, match="the next run tries again"):
            run(database, tmp_path, material)
    first, second = offers(database)
    assert (first.state, first.after, second.state) == ("failed", None, "failed")
    assert first.why is not None and first.why.startswith("the training failed: ")


def test_a_defect_in_the_training_is_recorded_too_and_stays_a_defect(database: Database, tmp_path: Path) -> None:
    def out_of_memory() -> Material:
        raise RuntimeError("not enough memory: you tried to allocate 4096 bytes\nsecond line")

    with pytest.raises(RuntimeError, match="not enough memory"):
        learn(database, tmp_path, Told(), out_of_memory, LEAST)
    (made,) = offers(database)
    assert (made.state, made.after) == ("failed", None)
    assert made.why == "the training failed: RuntimeError: not enough memory: you tried to allocate 4096 bytes"


def test_one_trains_while_another_waits_for_the_next_night(
    database: Database, tmp_path: Path, material: Material
) -> None:
    with model_offers.training_alone(database):
        assert run(database, tmp_path, material) == ["Another process is training: nothing to do."]


def test_what_nobody_will_use_is_removed(database: Database, tmp_path: Path, material: Material) -> None:
    use_a_bad_model(database, tmp_path, material)
    with database.session() as session:
        bad = session.scalars(select(ModelOffer)).one()
        other = model_offers.offer(
            session, "declined", "x", made_at=bad.made_at, decisions=1, before=bad.before or {}, after=bad.after or {}
        )
        model_offers.decline(session, other.id, by="ada")
    for name in ("declined", ".making-of-a-killed-run", "of-a-run-killed-before-it-offered"):
        (models_folder(tmp_path) / name).mkdir()
    run(database, tmp_path, material, least=100)
    assert [folder.name for folder in models_folder(tmp_path).iterdir()] == ["bad"]


@pytest.mark.skipif(find_spec("torch") is not None, reason="the `train` extra is installed")
def test_without_pytorch_the_encoder_of_the_model_in_use_goes_on(
    tmp_path: Path, material: Material, trained_on: list[Corpus]
) -> None:
    told = Told()
    job._train(tmp_path / "a", tmp_path / "work", material.corpus, tmp_path, None, told)
    assert told == ["PyTorch is not installed (the `train` extra): the encoder stays as it is."]
    assert not (tmp_path / "a" / "encoder").exists()
    own = models_folder(tmp_path) / "used" / "encoder"
    own.mkdir(parents=True)
    (own / "about.json").write_text("{}")
    job._train(tmp_path / "b", tmp_path / "work", material.corpus, tmp_path, "used", told)
    assert (tmp_path / "b" / "encoder" / "about.json").read_text() == "{}"


def test_with_pytorch_the_encoder_that_ships_is_taught_the_decisions(
    tmp_path: Path, material: Material, trained_on: list[Corpus], monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[object, ...]] = []
    monkeypatch.setattr(job, "find_spec", lambda name: name)
    monkeypatch.setattr(encoder_training, "go_on", lambda *given: steps.append(given))
    work, encoder = tmp_path / "work", tmp_path / "a" / "encoder"
    job._train(tmp_path / "a", work, material.corpus, tmp_path, None, Told())
    assert steps == [(work, ["decided-"], material.corpus, encoder)]
    assert {file.name for file in encoder.iterdir()} == set(FILES)
    assert (encoder / "encoder.onnx").read_bytes() == (FOLDER / "encoder.onnx").read_bytes()


def test_a_model_of_another_program_is_not_used(
    tmp_path: Path, material: Material, capfd: pytest.CaptureFixture[str]
) -> None:
    write_model(
        models_folder(tmp_path) / "old", _fitted_once(material.corpus.digest, tuple(material.corpus.articles)).shipped
    )
    assert reader_with(tmp_path, "old", encoder=True).version != default_reader().version
    (models_folder(tmp_path) / "old" / "about.json").write_text('{"code": "0"}')
    assert reader_with(tmp_path, "old", encoder=True) is default_reader()
    assert reader_with(tmp_path, "elsewhere", encoder=True) is default_reader()
