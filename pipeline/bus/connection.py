"""From an address to a bus."""

from __future__ import annotations

from codebook.errors import BadSettings
from pipeline.bus.base import Bus
from pipeline.bus.embedded import EmbeddedBus
from pipeline.bus.kafka import KafkaBus

KAFKA_SCHEME = "kafka://"


def connect(address: str) -> Bus:
    """The bus at an address: `kafka://host:port[,host:port…]`, or the `postgresql+psycopg2://…` URL of the store
    for the embedded one.

    Raises:
        BadSettings: it is neither.
        BusUnavailable: the broker does not answer.
    """
    if address.startswith(KAFKA_SCHEME):
        return KafkaBus(address.removeprefix(KAFKA_SCHEME).split(","))
    if address.startswith("postgresql+psycopg2://"):
        return EmbeddedBus(address)
    remedy = "write kafka://host:port, or the postgresql+psycopg2:// address of the database"
    raise BadSettings("settings", "bus_address", address, remedy)
