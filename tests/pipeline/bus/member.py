"""A member of a group in a process of its own: acknowledges what it receives, and prints each batch before
that as `received PLACES` and after it as `acknowledged PLACES`.

python member.py ADDRESS GROUP TOPIC
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from pipeline.bus import connect


def main(address: str, group: str, topic: str) -> None:
    with connect(address) as bus, bus.subscribe(group, [topic]) as subscription:
        while True:
            batch = subscription.poll(5, timeout=1)
            if not batch:
                continue
            places = json.dumps([(message.partition, message.offset) for message in batch])
            print("received", places, flush=True)  # noqa: T201  the test reads it
            if subscription.acknowledge(batch):
                print("acknowledged", places, flush=True)  # noqa: T201


main(*sys.argv[1:])
