"""The model that reads: the one that ships, or one trained here that an administrator took."""

from __future__ import annotations

import time
from pathlib import Path

import structlog

from avmp.readers import configured_reader, shipped_reader
from avmp.settings import Settings
from classifiers.reader import Reader, reader_of
from codebook.errors import BadInput
from pipeline.bus import Message
from pipeline.runner import Outcome
from pipeline.runner.metrics import Metrics
from pipeline.stages.read import ReadStage
from store.database import Database
from store.model_offers import in_use

LOOK_SECONDS = 15.0
"""How long a worker reads on before it looks again which model is to read."""

_log = structlog.get_logger(__name__)


def models_folder(home: Path) -> Path:
    """Where the models trained here lie, each in a folder of its own."""
    return home / "models"


def chosen_model(database: Database) -> str | None:
    """The folder of the model that is to read; null for the one that ships. Raises `StoreUnavailable`."""
    with database.session() as session:
        chosen = in_use(session)
        return chosen.folder if chosen else None


def reader_with(home: Path, model: str | None, *, encoder: bool) -> Reader:
    """The reader with the model of this folder; the one that ships for none, or where this machine cannot read that
    folder, which a line of the log tells."""
    if model is None:
        return shipped_reader(encoder=encoder)
    try:
        return reader_of(models_folder(home) / model, encoder=encoder)
    except BadInput as error:
        _log.warning("the chosen model cannot be used here; the one that ships reads", model=model, why=str(error))
        return shipped_reader(encoder=encoder)


class ReadWithChosenModel:
    """The stage `read`, between two articles looking whether another model is to read."""

    name = ReadStage.name
    topics = ReadStage.topics

    def __init__(
        self, database: Database, settings: Settings, metrics: Metrics, look_seconds: float = LOOK_SECONDS
    ) -> None:
        self._database, self._settings, self._metrics = database, settings, metrics
        self._look_seconds, self._look_at = look_seconds, 0.0
        self._use(chosen_model(database))

    def handle(self, message: Message) -> Outcome:
        """See `ReadStage.handle`."""
        if time.monotonic() >= self._look_at:
            model = chosen_model(self._database)
            if model != self._model:
                self._use(model)
            self._look_at = time.monotonic() + self._look_seconds
        return self._stage.handle(message)

    def _use(self, model: str | None) -> None:
        local = reader_with(self._settings.home, model, encoder=self._settings.encoder)
        reader = configured_reader(self._settings, local)
        self._stage, self._model = ReadStage(self._database, reader, self._metrics), model
        _log.info("reads with", model=model or "the one that ships", version=reader.version)
