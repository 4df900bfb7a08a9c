"""The bus: durable, partitioned logs of events, embedded in PostgreSQL or on Apache Kafka."""

from pipeline.bus.base import (
    Bus,
    Message,
    MessageTooLarge,
    NewMessage,
    Partition,
    RetentionLoss,
    Subscription,
    Topic,
)
from pipeline.bus.connection import connect

__all__ = [
    "Bus",
    "Message",
    "MessageTooLarge",
    "NewMessage",
    "Partition",
    "RetentionLoss",
    "Subscription",
    "Topic",
    "connect",
]
