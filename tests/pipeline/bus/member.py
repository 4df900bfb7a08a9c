"""A member of a group in a process of its own: acknowledges what it receives and prints it, a line per batch.

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
            if batch and subscription.acknowledge(batch):
                places = [(message.partition, message.offset) for message in batch]
                sys.stdout.write(json.dumps(places) + "\n")
                sys.stdout.flush()


main(*sys.argv[1:])
