from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.databases import made_database
from tests.pipeline.stages.line import Line


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    line = Line(database_url)
    yield line
    line.close()


@pytest.fixture
def lines(server_url: str, template_database: str) -> Iterator[tuple[Line, Line]]:
    """Two lines, each over a database of its own."""
    with made_database(server_url, template_database) as url, made_database(server_url, template_database) as other:
        pair = Line(url), Line(other)
        yield pair
        for line in pair:
            line.close()
