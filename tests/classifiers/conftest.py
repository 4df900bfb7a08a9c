"""Articles of our own, one a language, and the reader that ships."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from classifiers.reader import Reader, default_reader
from codebook.records import Article

MakeArticle = Callable[..., Article]


@pytest.fixture(scope="session")
def reader() -> Reader:
    return default_reader()


@pytest.fixture(scope="session")
def make_article() -> MakeArticle:
    def make(title: str, text: str, jurisdiction: str | None = None, published: str | None = "2024-05-15") -> Article:
        day = dt.datetime.fromisoformat(published + "T12:00+00:00") if published else None
        return Article(
            id="a1",
            source_id="test",
            url="https://example.org/1",
            title=title,
            text=text,
            published=day,
            fetched=dt.datetime(2024, 5, 15, 12, tzinfo=dt.UTC),
            source_jurisdiction=jurisdiction,
        )

    return make
