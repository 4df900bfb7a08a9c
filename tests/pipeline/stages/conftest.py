from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipeline.stages.line import Line


@pytest.fixture
def line(database_url: str) -> Iterator[Line]:
    line = Line(database_url)
    yield line
    line.close()
