"""The interface of every reader, and the reader that ships: gate, relevance, mentions."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Protocol

from threadpoolctl import ThreadpoolController

from classifiers.encoder.encoder import THREADS, Encoder, shipped_encoder
from classifiers.encoder.judge import EncoderJudge
from classifiers.gate import may_tell_an_incident
from classifiers.judges import Judge, LinearJudge, Panel
from classifiers.linear import Model, shipped_model, unpacked
from classifiers.mentions import Told, told
from classifiers.pipelines import parsed, pipeline
from classifiers.relevance import Relevance, Verdict, relevance, told_number
from codebook.errors import BadArticle, BadInput, obstacle
from codebook.records import Article, Mention, Reading, mention_id
from languages.home import home_languages
from languages.identification import identify, label_language
from languages.scripts import script_of


class Reader(Protocol):
    """Turns an article into a reading. Pure and repeatable: the same article gives the same reading."""

    version: str
    """Changes whenever the same article may be read differently: code and model."""

    def read(self, article: Article) -> Reading:
        """The reading of an article. Raises `BadArticle` when it has neither title nor text."""
        ...


CODE_VERSION = "21"
"""Raised with every change of the code that may change a reading; the model has a hash of its own."""

BEHIND_THE_GATE = 0.001
"""Relevance of an article that names no weapon, shot or blast: no relevant training article is one."""


_POOLS = ThreadpoolController()
"""The threads that numpy multiplies on, held to `THREADS` while an article is read. Two processes that read side by
side on two cores, each with a pool for both, read no more than one of them: the threads wait for one another."""


class LearnedReader:
    """Lexicons, patterns and linear models read every article; the encoder, what they let through or doubt."""

    def __init__(self, model: Model, encoder: Encoder | None = None) -> None:
        """Without an encoder the linear stage alone reads. Raises `BadInput` for a model of an earlier program."""
        self._heads, self._encoder = model.heads, encoder
        self._linear = Verdict.of(model.about, f"reader model {model.digest[:12]}")
        self.version = f"linear-{CODE_VERSION}-{model.digest[:12]}"
        if encoder is not None:
            where = f"encoder {encoder.digest[:12]}"
            self._both = Verdict.of(encoder.about, where)
            self._ask_from = told_number(encoder.about, "ask_from", where)
            self.version = f"encoder-{CODE_VERSION}-{encoder.digest[:12]}+{self.version}"

    def read(self, article: Article) -> Reading:
        """The reading of an article. Raises `BadArticle` when it has neither title nor text."""
        if not article.title.strip() and not article.text.strip():
            raise BadArticle(article.id, "text", article.text, "give an article with a title or a text")
        language = identify(f"{article.title}\n{article.text}", article.source_jurisdiction)
        lang = language.lang if language.lang != "other" else _fallback(article)
        judged = Relevance(BEHIND_THE_GATE, relevant=False, reason="no_firearm")
        incidents: list[Told] = []
        read_by = "linear"
        if may_tell_an_incident(article.title, article.text):
            with pipeline(lang).memory_zone(), _POOLS.limit(limits=THREADS, user_api="blas"):
                doc = parsed(lang, article.title, article.text, article.published, article.source_jurisdiction)
                judge: Judge = LinearJudge(self._heads)
                judged = relevance(doc, judge, self._linear)
                if self._encoder is not None and judged.probability >= self._ask_from:
                    judge = Panel(judge, EncoderJudge(self._encoder))
                    judged = relevance(doc, judge, self._both)
                    read_by = "encoder"
                incidents = told(doc, judge) if judged.relevant else []
        return Reading(
            article_id=article.id,
            content_hash=article.content_hash,
            reader_version=self.version,
            lang=label_language(language.lang, article.source_jurisdiction),
            script=language.script,
            relevance=judged.probability,
            relevant=judged.relevant,
            reason=judged.reason,
            mentions=tuple(self._mention(article, position, one) for position, one in enumerate(incidents)),
            read_by=read_by,
        )

    def _mention(self, article: Article, position: int, one: Told) -> Mention:
        return Mention(
            **one.facts.model_dump(),
            id=mention_id(article.id, position),
            article_id=article.id,
            position=position,
            content_hash=article.content_hash,
            reader_version=self.version,
            confidence=one.confidence,
            alternatives=one.alternatives,
            evidence=one.evidence,
        )


def _fallback(article: Article) -> str:
    """The language to read a text in that was taken for none of ours: few words, names only, broken letters."""
    if article.source_jurisdiction is not None:
        return home_languages(article.source_jurisdiction)[0]
    return "hbs" if script_of(f"{article.title}\n{article.text}") == "Latn" else "mk"


@cache
def default_reader() -> Reader:
    """The reader that ships with the package: both stages."""
    return LearnedReader(shipped_model(), shipped_encoder())


@cache
def linear_reader() -> Reader:
    """The reader that ships, its encoder switched off."""
    return LearnedReader(shipped_model())


LINEAR_FILE, ENCODER_FOLDER, ABOUT_FILE = "linear.npz", "encoder", "about.json"
"""What the folder of a model holds; without an encoder of its own the one that ships goes with it."""


def write_model(folder: Path, linear: bytes) -> None:
    """Write a linear model into a folder, with the version of the program that it is for."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LINEAR_FILE).write_bytes(linear)
    (folder / ABOUT_FILE).write_text(json.dumps({"code": CODE_VERSION}) + "\n", encoding="utf-8")


def reader_of(folder: Path, *, encoder: bool = True) -> Reader:
    """The reader with the model of a folder; without `encoder` its linear stage alone. Raises `BadInput` when the
    folder lacks a file, or was written by a program that reads in another way."""
    try:
        about = json.loads((folder / ABOUT_FILE).read_bytes())
        data = (folder / LINEAR_FILE).read_bytes()
    except (OSError, ValueError) as error:
        raise BadInput(str(folder), "", obstacle(error), "keep the folder where the reader runs, too") from error
    if not isinstance(about, dict) or about.get("code") != CODE_VERSION:
        raise BadInput(str(folder / ABOUT_FILE), "code", about, "another version of the program made it: train again")
    model = unpacked(data, str(folder / LINEAR_FILE))
    if not encoder:
        return LearnedReader(model)
    own = folder / ENCODER_FOLDER
    return LearnedReader(model, Encoder(own) if own.is_dir() else shipped_encoder())
