from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.schema import CreateSchema

from store.schema.base import Base
from store.schema.bus import BUS_SCHEMA
from tests.databases import made_database
from tests.kafka_broker import some_broker

pytest.register_assert_rewrite("tests.pipeline.equation")  # so that a failure says the numbers


@pytest.fixture(scope="session")
def bus_database_url(server_url: str) -> Iterator[str]:
    """A database with the tables of the embedded bus, for the session: tests keep apart by their topics."""
    with made_database(server_url) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(CreateSchema(BUS_SCHEMA, if_not_exists=True))
            tables = [table for table in Base.metadata.sorted_tables if table.schema == BUS_SCHEMA]
            Base.metadata.create_all(connection, tables)
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def kafka_address() -> Iterator[str]:
    """Address of a real Kafka broker that the whole test session shares."""
    with some_broker() as server:
        yield f"kafka://{server}"
