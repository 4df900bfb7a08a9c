"""Which partition a key belongs to: the same on every bus, so that the order of a key holds across a move."""

from __future__ import annotations

from kafka.partitioner.default import murmur2

from pipeline.bus.base import key_bytes


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key among `partitions`, as the Java and the Python clients of Kafka choose it."""
    return (int(murmur2(key_bytes(key))) & 0x7FFFFFFF) % partitions
