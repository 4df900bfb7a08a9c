"""Stages in this process, a thread each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from avmp.metrics import serve_metrics
from avmp.model_in_use import ReadWithChosenModel
from avmp.settings import Settings
from avmp.signals import on_stop
from avmp.wiring import Wiring
from codebook.errors import AvmpError
from pipeline.bus import Bus
from pipeline.relay import Relay
from pipeline.runner import Runner
from pipeline.runner.metrics import Metrics
from pipeline.stages.link import LinkStage


def work_on(stages: Sequence[str], wiring: Wiring, settings: Settings) -> None:
    """Run the stages until SIGTERM or SIGINT, or until one of them stops itself: then all end with its error."""
    metrics = Metrics()
    serve_metrics(settings.metrics_port)
    with wiring.bus() as bus:
        workers = [_worker(stage, wiring, bus, metrics, settings) for stage in dict.fromkeys(stages)]
        errors: list[BaseException] = []

        def stop_all() -> None:
            for worker in workers:
                worker.stop()

        def run(work: Callable[[], None]) -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001  raised again in the main thread below
                errors.append(error)
                stop_all()

        on_stop(stop_all)
        threads = [threading.Thread(target=run, args=(worker.run,), name=type(worker).__name__) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0] if isinstance(errors[0], AvmpError) else AvmpError(f"a stage failed: {errors[0]!r}") from (
                errors[0]
            )


BATCH_SECONDS = 300.0
"""How long a batch may take at most where each article may wait for a model: half of what the bus allows."""


def _worker(stage: str, wiring: Wiring, bus: Bus, metrics: Metrics, settings: Settings) -> Runner | Relay:
    if stage == "publish":
        return Relay(wiring.database, bus)
    if stage == "link":
        return Runner(LinkStage(wiring.database), bus, metrics)
    read = ReadWithChosenModel(wiring.database, settings, metrics)
    if settings.instruct.address is None:
        return Runner(read, bus, metrics)
    return Runner(read, bus, metrics, batch_size=max(1, int(BATCH_SECONDS / settings.instruct.timeout_seconds)))
