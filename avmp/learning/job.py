"""The nightly job: trains on the corpus and on people's decisions, measures, and offers what is better.

A model is made in a folder of its own and stays there only if it is offered. Nothing begins to read with it until an
administrator takes it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from avmp.learning.measuring import Reached, Yardstick, reached, why_not
from avmp.model_in_use import chosen_model, models_folder, reader_with
from classifiers.encoder import training as encoder_training
from classifiers.encoder.encoder import FOLDER
from classifiers.evaluation import floors
from classifiers.labelled import LabelledArticle, load
from classifiers.reader import ENCODER_FOLDER, reader_of, write_model
from classifiers.training import CORPUS, Corpus, corpus, fit
from codebook.errors import AvmpError, first_line
from crawlers.in_words import counted
from store import model_offers
from store.curation import database_time
from store.database import Database
from store.training_examples import TrainingExample, decisions_since, training_examples

LEAST = 30
"""New decisions from which on a model is trained: fewer change no figure that can be told from chance."""

DECIDED = "decided-"
"""How the ids of decided articles begin where a model is trained on them."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Material:
    """What is the same every night: the labelled articles of the program, and what is measured on."""

    corpus: Corpus
    yardstick: Yardstick


def packaged() -> Material:
    """The corpus, development articles and floors of the program."""
    dev = load(CORPUS / "dev.jsonl")
    return Material(corpus(), Yardstick(dev, floors.pinned(), floors.pinned(floors.STREAM_FILE)))


@dataclass(frozen=True, slots=True)
class _Run:
    """One night: when the decisions were read, what they teach, how many are new, and the model in use."""

    made_at: dt.datetime
    examples: Sequence[TrainingExample]
    new: int
    since: dt.datetime | None
    used: str | None

    @property
    def folder(self) -> str:
        return f"{self.made_at.astimezone(dt.UTC):%Y-%m-%d-%H%M%S}"

    @property
    def to_train(self) -> list[LabelledArticle]:
        return [LabelledArticle.model_validate(one.labelled) for one in self.examples if one.trained_on]

    @property
    def to_measure(self) -> list[LabelledArticle]:
        return [LabelledArticle.model_validate(one.labelled) for one in self.examples if one.measured_on]


def learn(
    database: Database, home: Path, tell: Tell, material: Callable[[], Material] = packaged, least: int = LEAST
) -> None:
    """One run of the job; what came of it is told in one line, and kept where a model was trained.

    Raises:
        AvmpError: the training failed; that is kept, too, as is any defect that ends it, and the next run tries again.
        StoreUnavailable: the database does not answer.
    """
    with model_offers.training_alone(database) as alone:
        if not alone:
            tell("Another process is training: nothing to do.")
            return
        _tidy(database, home)
        run = _begin(database)
        if run.new < least:
            since = "" if run.since is None else f" since {run.since:%Y-%m-%d %H:%M} UTC"
            tell(f"{counted(run.new, 'new decision')}{since}: a model is trained from {least} on. Nothing to do.")
            return
        tell(f"Training on {counted(run.new, 'new decision')}, and on those before.")
        with _recording_failure(database, run):
            _train_and_offer(database, home, run, material(), tell)


def _begin(database: Database) -> _Run:
    used = chosen_model(database)
    with database.session() as session:
        examples = training_examples(session)
        since = model_offers.last_measured(session)
        return _Run(database_time(session), examples, decisions_since(examples, since), since, used)


def _train_and_offer(database: Database, home: Path, run: _Run, material: Material, tell: Tell) -> None:
    models_folder(home).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".making-", dir=models_folder(home)) as making:
        made, work = Path(making) / run.folder, Path(making) / "work"
        _train(made, work, _with_decisions(material.corpus, run.to_train), home, run.used, tell)
        reader, decided = reader_of(made), run.to_measure
        tell(f"Measuring on the development articles and on {counted(len(decided), 'decided article')} held out.")
        before = reached(reader_with(home, run.used, encoder=True), material.yardstick, decided)
        after = reached(reader, material.yardstick, decided)
        why = why_not(after, before, material.yardstick)
        if why is None:
            made.rename(models_folder(home) / run.folder)
        _record(database, run, reader.version, before, after, why)
    if why is None:
        tell(f"Offered: model {run.folder}. An administrator decides on it, on the page Models.")
    else:
        tell(f"Not offered: {why}.")


def _with_decisions(packaged: Corpus, decided: Sequence[LabelledArticle]) -> Corpus:
    digest = hashlib.sha256(packaged.digest.encode())
    for one in decided:
        digest.update(one.model_dump_json().encode())
    named = [one.model_copy(update={"id": DECIDED + one.id}) for one in decided]
    return Corpus([*packaged.articles, *named], digest.hexdigest())


def _train(made: Path, work: Path, given: Corpus, home: Path, used: str | None, tell: Tell) -> None:
    """Both stages into the folder `made`. The encoder that ships is taught all decisions there are, every time anew: so
    what one night made of it is not built upon. Where it cannot be trained, that of the model in use stays."""
    fitted = fit(given)
    write_model(made, fitted.shipped)
    if find_spec("torch") is None:
        tell("PyTorch is not installed (the `train` extra): the encoder stays as it is.")
        own = models_folder(home) / (used or "") / ENCODER_FOLDER
        if used is not None and own.is_dir():
            shutil.copytree(own, made / ENCODER_FOLDER)
        return
    shutil.copytree(FOLDER, made / ENCODER_FOLDER)
    encoder_training.go_on(work, [DECIDED], given, made / ENCODER_FOLDER)


def _record(database: Database, run: _Run, version: str, before: Reached, after: Reached, why: str | None) -> None:
    figures = {"before": before.as_json(), "after": after.as_json()}
    with database.session() as session:
        if why is None:
            model_offers.offer(session, run.folder, version, made_at=run.made_at, decisions=run.new, **figures)
        else:
            model_offers.failed(session, run.folder, why, made_at=run.made_at, decisions=run.new, **figures)


@contextmanager
def _recording_failure(database: Database, run: _Run) -> Iterator[None]:
    try:
        yield
    except (AvmpError, OSError) as error:
        _record_failure(database, run, first_line(error))
        raise AvmpError(f"{first_line(error)} (no model was made; the next run tries again)") from error
    except Exception as defect:
        _record_failure(database, run, f"{type(defect).__name__}: {first_line(defect)}")
        raise


def _record_failure(database: Database, run: _Run, line: str) -> None:
    with database.session() as session:
        why = f"the training failed: {line}"
        model_offers.failed(session, run.folder, why, made_at=run.made_at, decisions=run.new)


def _tidy(database: Database, home: Path) -> None:
    """Remove what nobody will use: declined models, and what a run left that was killed before it offered."""
    with database.session() as session:
        wanted = set(model_offers.wanted(session))
    for folder in models_folder(home).glob("*"):
        if folder.is_dir() and folder.name not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
