"""Articles in files, as `avmp read` and `avmp link` take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from codebook.errors import BadInput
from codebook.events import bad_input
from codebook.records import Article, Jurisdiction, capped_text


class _Line(BaseModel):
    """One line; labels and other keys are ignored."""

    model_config = ConfigDict(extra="ignore")

    id: str
    title: str
    text: str
    published: dt.datetime | None = None
    source_jurisdiction: Jurisdiction | None = None


NOON = dt.time(12)
"""Publication of an article dated by the day alone: the same calendar day in every time zone of the region."""


def articles(file: Path) -> Iterator[Article]:
    """The articles of a JSON Lines file.

    Raises:
        BadInput: the file cannot be read, or a line is no article; names file, line, field and remedy.
    """
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _article(line, f"{file}:{number}")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(str(file), "", str(error), "give a readable UTF-8 file of articles") from None


def _article(text: str, where: str) -> Article:
    try:
        line = _Line.model_validate_json(text)
    except ValidationError as error:
        raise bad_input(error, where) from None
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
