"""kafka-python's errors as the bus's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kafka.errors import (
    IncompatibleBrokerVersion,
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
    RecordListTooLargeError,
)

from codebook.errors import BusError, BusUnavailable
from pipeline.bus.base import MessageTooLarge


@contextmanager
def bus_errors() -> Iterator[None]:
    """Raises `BusUnavailable` for what may be better at the next try, `MessageTooLarge` for what the broker finds so,
    `BusError` for anything else."""
    try:
        yield
    except IncompatibleBrokerVersion as error:
        raise BusError(f"the Kafka broker is too old, 3.0 or newer is needed: {error}") from error
    except (MessageSizeTooLargeError, RecordListTooLargeError) as error:
        raise MessageTooLarge(f"the Kafka broker takes no message of this size: {error}: shorten its text") from error
    except KafkaError as error:
        text = str(error) or type(error).__name__
        if getattr(error, "retriable", False) or isinstance(error, KafkaConnectionError | NodeNotReadyError):
            raise BusUnavailable(f"the Kafka broker does not answer: {text}") from error
        raise BusError(f"the Kafka broker refuses: {text}") from error
    except OSError as error:
        raise BusUnavailable(f"the Kafka broker does not answer: {error}") from error
