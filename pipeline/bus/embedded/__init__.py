"""The embedded bus: a durable partitioned log with consumer groups in PostgreSQL."""

from pipeline.bus.embedded.bus import EmbeddedBus

__all__ = ["EmbeddedBus"]
