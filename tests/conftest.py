"""A real PostgreSQL for the tests of every room.

The server's home is kept between runs under .cache/, since initialising it takes longer than most test runs; the
databases in it are made and dropped by each test, so no test sees what another left. What the fixtures need is
imported in them: the pure rooms' tests do without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from classifiers.evaluation.scores import Scores
    from linking.evaluation import LinkingScores

settings.register_profile("avmp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("avmp")  # no test has a time limit: a slow machine is not a defect of the product

_HOME = Path(__file__).parents[1] / ".cache" / "test-server"


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """Address of a running embedded server that the whole test session shares; tests make their own databases."""
    from codebook.errors import EmbeddedServerError
    from store.embedded import remove, serve
    from tests.databases import drop_leftovers, make_hasty

    try:
        with serve(_HOME) as url:
            make_hasty(url)
            drop_leftovers(url)
            yield url
    except EmbeddedServerError:
        remove(_HOME)  # what a machine's crash left of it is worth nothing: the next run begins anew
        raise


@pytest.fixture(scope="session")
def template_database(server_url: str) -> Iterator[str]:
    """Name of a database with the newest schema and no rows, to make others from."""
    from sqlalchemy import make_url

    from store.migrations import upgrade
    from tests.databases import made_database

    with made_database(server_url) as url:
        upgrade(url)
        yield str(make_url(url).database)


@pytest.fixture
def database_url(server_url: str, template_database: str) -> Iterator[str]:
    """Address of a database of the test's own, with the newest schema and no rows."""
    from tests.databases import made_database

    with made_database(server_url, template_database) as url:
        yield url


@pytest.fixture
def empty_database_url(server_url: str) -> Iterator[str]:
    """Address of a database of the test's own, with nothing in it."""
    from tests.databases import made_database

    with made_database(server_url) as url:
        yield url


@pytest.fixture(scope="session")
def development_scores() -> Scores:
    """What the shipped reader reaches on the development articles: some forty seconds, so once a session."""
    return _reached("dev.jsonl")


@pytest.fixture(scope="session")
def validation_scores() -> Scores:
    """What it reaches on the plain articles, which are not chosen to be hard."""
    return _reached("validation.jsonl")


@pytest.fixture(scope="session")
def hard_validation_scores() -> Scores:
    """What it reaches on hard articles that no reader was asked about when they were written."""
    return _reached("validation_hard.jsonl")


def _reached(file: str) -> Scores:
    from classifiers.evaluation import evaluate
    from classifiers.labelled import load
    from classifiers.reader import default_reader
    from classifiers.training import CORPUS

    return evaluate(load(CORPUS / file), default_reader())


@pytest.fixture(scope="session")
def linking_scores_reached() -> Mapping[str, LinkingScores]:
    """How well the linking development articles come together, by labelled and by read facts."""
    from avmp.linked import linking_scores
    from classifiers.labelled import load
    from classifiers.reader import default_reader
    from classifiers.training import CORPUS

    return linking_scores(load(CORPUS / "linking_dev.jsonl"), default_reader())
