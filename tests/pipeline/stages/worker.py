"""A stage or the relay in a process of its own, to be killed.

python worker.py read|link|publish ADDRESS [DEATH]

With DEATH it kills itself with SIGKILL: a stage after the effects of so many messages and before their acknowledgement,
the relay after so many batches reached the bus and before it marks the last one. Else it works until it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from prometheus_client import CollectorRegistry

from pipeline.bus import Message
from pipeline.relay import Relay
from pipeline.runner import Outcome, Runner, Stage
from pipeline.runner.metrics import Metrics
from tests.pipeline.stages.line import Line


class Mortal:
    """Kills its process after so many calls of what it wraps."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def called(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalStage:
    def __init__(self, stage: Stage, mortal: Mortal) -> None:
        self.name, self.topics = stage.name, stage.topics
        self._stage, self._mortal = stage, mortal

    def handle(self, message: Message) -> Outcome:
        outcome = self._stage.handle(message)
        self._mortal.called()
        return outcome


def main(what: str, address: str, death: str = "0") -> None:
    line = Line(address)
    mortal = Mortal(int(death))
    if what != "publish":
        stage = MortalStage(line.read if what == "read" else line.link, mortal)
        Runner(stage, line.bus, Metrics(CollectorRegistry())).run()
        return
    append = line.bus._append

    def append_and_die(messages: object) -> None:
        append(messages)  # type: ignore[arg-type]
        mortal.called()

    line.bus._append = append_and_die  # type: ignore[method-assign]
    Relay(line.database, line.bus).run()


main(*sys.argv[1:])
