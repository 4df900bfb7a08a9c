"""Articles in files, as `avmp read` and `avmp link` take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from codebook.errors import BadInput
from codebook.jsonlines import records
from codebook.records import Article, Jurisdiction, capped_text


class _Line(BaseModel):
    """One line; labels and other keys are ignored."""

    model_config = ConfigDict(extra="ignore")

    id: str
    title: str
    text: str
    published: dt.datetime | None = None
    source_jurisdiction: Jurisdiction | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.title.strip() and not self.text.strip():
            raise ValueError("give the article a title or a text")
        return self


NOON = dt.time(12)
"""Publication of an article dated by the day alone: the same calendar day in every time zone of the region."""


def articles(file: Path, on_error: Callable[[BadInput], None] | None = None) -> Iterator[Article]:
    """The articles of a JSON Lines file. Raises `BadInput`, or hands what is wrong with a line to `on_error`, as
    `codebook.jsonlines.records`."""
    for line in records(file, _Line, "articles", on_error):
        yield _article(line)


def _article(line: _Line) -> Article:
    published = line.published
    if published is not None and published.tzinfo is None:
        midnight = published.time() == dt.time()
        published = dt.datetime.combine(published.date(), NOON if midnight else published.time(), tzinfo=dt.UTC)
    body, truncated = capped_text(line.text)
    return Article(
        id=line.id,
        source_id="file",
        url=f"file:{line.id}",
        title=line.title,
        text=body,
        text_truncated=truncated,
        published=published,
        published_from="page" if published else None,
        fetched=published or dt.datetime.now(dt.UTC),
        source_jurisdiction=line.source_jurisdiction,
    )
