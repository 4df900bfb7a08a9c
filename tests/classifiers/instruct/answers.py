"""An invented report, and answers about it to begin from."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

from classifiers.instruct.prompt import example
from codebook.records import Article, Reading

PUBLISHED = dt.datetime(2026, 9, 3, 12, tzinfo=dt.UTC)


def article(id_: str = "a", **fields: Any) -> Article:
    """The invented article of the prompt."""
    shown = example()
    values = {
        "id": id_,
        "source_id": "one.example",
        "url": f"https://one.example/{id_}",
        "title": shown["title"],
        "text": shown["text"],
        "published": PUBLISHED,
        "fetched": PUBLISHED,
        "source_jurisdiction": "RS",
    }
    return Article.model_validate(values | fields)


def answer(**incident: Any) -> dict[str, Any]:
    """The right answer about it, with other values for some fields of its incident."""
    made: dict[str, Any] = copy.deepcopy(example()["answer"])
    made["incidents"][0] |= incident
    return made


def irrelevant(quote: str = "ranjen je", reason: str | None = "old_case_only") -> dict[str, Any]:
    """An answer that finds no incident."""
    verdict = {"summary": "", "relevant": False, "reason": reason, "quote": quote, "certainty": "high"}
    return verdict | {"incidents": []}


def said(value: Any, quote: str, **more: Any) -> dict[str, Any]:
    """One value with its words."""
    return {"quote": quote, "value": value, "certainty": "high", **more}


class Local:
    """A local reader that reads no incident, at a relevance of the test's choice."""

    version = "local-1"

    def __init__(self, relevance: float = 0.3) -> None:
        self.relevance = relevance

    def read(self, article: Article) -> Reading:
        return Reading(
            article_id=article.id,
            content_hash=article.content_hash,
            reader_version=self.version,
            lang="sr",
            script="Latn",
            relevance=self.relevance,
            relevant=False,
            reason="no_firearm",
        )


def written(made: dict[str, Any]) -> str:
    """The answer as a model writes it."""
    return json.dumps(made, ensure_ascii=False)
