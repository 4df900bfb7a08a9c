"""A real PostgreSQL for the tests of every room.

The server's home is kept between runs under .cache/, since initialising it takes longer than most test runs; the
databases in it are made and dropped by each test, so no test sees what another left. What the fixtures need is
imported in them: the pure rooms' tests do without.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

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
