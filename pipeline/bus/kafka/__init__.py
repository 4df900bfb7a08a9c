"""The bus on Apache Kafka."""

from pipeline.bus.kafka.bus import KafkaBus

__all__ = ["KafkaBus"]
