"""How the members of a group share partitions, by PostgreSQL's session-level advisory locks.

A member holds a shared lock on each (group, topic) it reads, which is how the others count it, and an exclusive lock
on each partition it owns. Both live exactly as long as its connection: a killed member's partitions are free at once,
no heartbeat says that it lives, and whoever can still write on the connection still owns them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from sqlalchemy import Connection, text

from pipeline.bus.base import Partition

MESSAGES, MEMBERS = "messages", "members"
"""What a notification on a topic's channel tells: new messages, or that members came, went or released."""

_MEMBERS_OF = text(
    """
    select pid from pg_locks
    where locktype = 'advisory' and granted and mode = 'ShareLock' and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and classid = cast(cast(:high as bigint) as oid) and objid = cast(cast(:low as bigint) as oid)
    """
)


def channel(topic: str) -> str:
    """The NOTIFY channel of a topic; a digest, because channel names are short."""
    return f"bus_{_lock_key('channel', topic) & (2**64 - 1):016x}"


def join(connection: Connection, group: str, topic: str) -> None:
    """Count as a member of the group on the topic from now on, and hear of its messages and members."""
    connection.exec_driver_sql(f"listen {channel(topic)}")
    key = _lock_key("member", group, topic)
    connection.execute(text("select pg_advisory_lock_shared(:key)"), {"key": key})


def leave(connection: Connection) -> None:
    """Give up membership and every partition."""
    connection.execute(text("select pg_advisory_unlock_all()"))


def tell(connection: Connection, topics: Iterable[str]) -> None:
    """Wake the other members on the topics, to share anew."""
    for topic in topics:
        connection.execute(text("select pg_notify(:channel, :what)"), {"channel": channel(topic), "what": MEMBERS})


def acquire(connection: Connection, group: str, partition: Partition) -> bool:
    """Own a partition, if nobody else does."""
    key = _lock_key("owner", group, partition.topic, str(partition.number))
    return bool(connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": key}))


def release(connection: Connection, group: str, partition: Partition) -> None:
    """Give a partition up."""
    key = _lock_key("owner", group, partition.topic, str(partition.number))
    connection.execute(text("select pg_advisory_unlock(:key)"), {"key": key})


def share(connection: Connection, group: str, topic: str, partitions: int) -> int:
    """How many of the topic's partitions are this member's due: the same number for all, the remainder to the
    first in a ring that begins elsewhere for every topic, so that one member does not get all remainders."""
    key = _lock_key("member", group, topic)
    unsigned = key & (2**64 - 1)
    rows = connection.scalars(_MEMBERS_OF, {"high": unsigned >> 32, "low": unsigned & (2**32 - 1)})
    members = sorted(rows)
    own = connection.scalar(text("select pg_backend_pid()"))
    rank = (members.index(own) + key) % len(members)
    return partitions // len(members) + (rank < partitions % len(members))


def _lock_key(*parts: str) -> int:
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8, person=b"avmp.bus").digest()
    return int.from_bytes(digest, signed=True)
