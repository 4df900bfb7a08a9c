"""Runs a stage over its topics: batches, retries, dead letters, offsets after effects, metrics, a graceful stop."""

from pipeline.runner.conservation import Tally
from pipeline.runner.limits import DeadLetterLimit
from pipeline.runner.retries import Retries
from pipeline.runner.runner import Runner
from pipeline.runner.stage import Outcome, Stage

__all__ = ["DeadLetterLimit", "Outcome", "Retries", "Runner", "Stage", "Tally"]
