"""The reader that asks an instruction model, and the one that takes its answers from elsewhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from classifiers.instruct.answer import Answer, parsed, useless
from classifiers.instruct.prompt import LONGEST_TEXT, LONGEST_TITLE, Message, messages, prompt_hash, schema
from classifiers.instruct.quotations import Words
from classifiers.instruct.telling import all_told
from classifiers.mentions import Told
from classifiers.reader import Reader
from codebook.errors import NoAnswer
from codebook.records import Article, Mention, Reading, mention_id

CODE_VERSION = "1"
"""Raised with every change of the code that may change what an answer is read as; the prompt has a hash of its own."""

ASK_FROM = 0.05
"""Local relevance from which the model is asked. The least of any relevant development article is 0.12, and of an
ordinary day's articles, which name no weapon, 0.001: so it sees all that may be an incident and little else."""

LOCAL_SHARE = 0.1
"""Share of the local probability in a relevance: it orders articles of which the model says the same."""

_RELEVANT = {"high": 0.97, "medium": 0.85, "low": 0.6}
_IRRELEVANT = {"high": 0.02, "medium": 0.15, "low": 0.4}
"""The relevance a verdict stands for by its certainty."""


class Client(Protocol):
    """Speaks to a model."""

    model: str
    """The model's name, which becomes part of the reader's version."""

    def complete(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> str:
        """What the model answers, which should be JSON of `schema`, in bounded time.

        Raises:
            NoAnswer: it gave none: not reached, timed out, refused, broken off, over the budget.
        """
        ...


class InstructReader:
    """Asks a model about the articles that a local reader lets through or doubts; any failure leaves its reading."""

    def __init__(self, local: Reader, client: Client) -> None:
        self._local, self._client = local, client
        self.version = f"instruct-{CODE_VERSION}-{client.model}-{prompt_hash()}+{local.version}"

    def read(self, article: Article) -> Reading:
        """The model's reading, or the local one, which then says why in `fallback` if the model was asked.

        Raises `BadArticle` as the local reader does.
        """
        local = self._local.read(article)
        if not _is_asked(local):
            return _renamed(local, self.version)
        try:
            answer = self._client.complete(messages(article), schema())
            return answered(article, local, answer, self.version)
        except NoAnswer as error:
            return _renamed(local, self.version, str(error))


class AnswersReader:
    """Reads articles by answers a model gave elsewhere, by article id; the others as the local reader does."""

    def __init__(self, local: Reader, answers: Mapping[str, str]) -> None:
        self._local, self._answers = local, answers
        given = hashlib.sha256(json.dumps(sorted(answers.items())).encode()).hexdigest()[:12]
        self.version = f"answers-{CODE_VERSION}-{given}+{local.version}"

    def read(self, article: Article) -> Reading:
        """The reading by the answer, or the local one, which then says why in `fallback`.

        Raises `BadArticle` as the local reader does.
        """
        local = self._local.read(article)
        if article.id not in self._answers:
            return _renamed(local, self.version, _NO_ANSWER if _is_asked(local) else None)
        try:
            return answered(article, local, self._answers[article.id], self.version)
        except NoAnswer as error:
            return _renamed(local, self.version, str(error))


_NO_ANSWER = "the answers of the instruction model have none for this article"


def _is_asked(local: Reading) -> bool:
    return local.relevant or local.relevance >= ASK_FROM


def answered(article: Article, local: Reading, answer: str, version: str) -> Reading:
    """The reading that a model's answer makes. Raises `NoAnswer` when it makes none."""
    said = parsed(answer)
    words = Words(_sent(article))
    incidents = all_told(said.incidents, article, words)
    if not (incidents if said.relevant else words.find(said.quote)):
        raise useless("its quotations are not in the article")
    return Reading(
        article_id=article.id,
        content_hash=article.content_hash,
        reader_version=version,
        lang=local.lang,
        script=local.script,
        relevance=_relevance(said, local),
        relevant=said.relevant,
        reason=None if said.relevant else said.reason or "not_incident",
        mentions=tuple(_mention(article, position, one, version) for position, one in enumerate(incidents)),
        read_by="instruct",
    )


def _sent(article: Article) -> Article:
    """The article as far as the model has seen it: its quotations come from there."""
    return article.model_copy(update={"title": article.title[:LONGEST_TITLE], "text": article.text[:LONGEST_TEXT]})


def _relevance(said: Answer, local: Reading) -> float:
    stated = (_RELEVANT if said.relevant else _IRRELEVANT)[said.certainty]
    return round(stated + LOCAL_SHARE * (local.relevance - stated), 4)


def _mention(article: Article, position: int, one: Told, version: str) -> Mention:
    return Mention(
        **one.facts.model_dump(),
        id=mention_id(article.id, position),
        article_id=article.id,
        position=position,
        content_hash=article.content_hash,
        reader_version=version,
        confidence=one.confidence,
        alternatives=one.alternatives,
        evidence=one.evidence,
    )


def _renamed(local: Reading, version: str, fallback: str | None = None) -> Reading:
    """The local reading as one of this reader: a later reading by another must not be taken for the same."""
    mentions = tuple(mention.model_copy(update={"reader_version": version}) for mention in local.mentions)
    changed = {"reader_version": version, "mentions": mentions}
    return local.model_copy(update=changed | ({"fallback": fallback} if fallback else {}))
