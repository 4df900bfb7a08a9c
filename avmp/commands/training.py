"""`train`: fits the reader's stages to the corpus in the repository; `schedule`: to people's decisions, too."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codebook.errors import BadInput

SCHEDULE_EXAMPLES = """Examples:

avmp schedule          every night, until Ctrl-C
avmp schedule --now    once, at once"""

LOW_PRIORITY = 10
"""How far the training stands back behind reading and the pages, as `nice` counts."""


class Backend(StrEnum):
    """The stages that are trained."""

    LINEAR = "linear"
    ENCODER = "encoder"
    ALL = "all"


class Step(StrEnum):
    """The steps of training the encoder."""

    PREPARE = "prepare"
    FIT = "fit"
    SHIP = "ship"
    GO_ON = "go-on"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(train)
    app.command(epilog=SCHEDULE_EXAMPLES)(schedule)


def train(
    backend: Annotated[
        Backend,
        typer.Option(help="linear takes minutes; encoder needs the `train` extra, and hours or a graphics card."),
    ] = Backend.ALL,
    encoder: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A Hugging Face model in place of multilingual-e5-small; needs its hub."),
    ] = None,
    work: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the steps of the encoder leave their results.")
    ] = Path(".avmp/training"),
    step: Annotated[
        list[Step] | None,
        typer.Option(
            help="One step of the encoder alone, without the linear stage, so that `fit` can run on another machine: "
            "python -m classifiers.encoder.fitting DATA BASE OUT. go-on stands alone: it teaches the encoder that "
            "ships new articles, in half an hour on two cores."
        ),
    ] = None,
    new: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PREFIX", help="With --step go-on: how the ids of the new articles begin; may be given again."
        ),
    ] = None,
) -> None:
    """Train the reader from the corpus in the repository, with a fixed seed, and write the model card.

    The linear stage is measured on a fifth of the events held out, then
    fitted to all. The encoder is fitted twice: to calibrate without that
    fifth, to ship with it. `avmp evaluate --check` then says whether the
    floors hold.
    """
    _checked(backend, step or [], new or [])
    from classifiers import training as linear

    steps = [] if backend is Backend.LINEAR else step or [Step.PREPARE, Step.FIT, Step.SHIP]
    with_linear = backend is not Backend.ENCODER and not step
    if with_linear:
        linear.main()
    if steps:
        from classifiers.encoder import training

        if Step.PREPARE in steps:
            training.prepare(work, encoder)
        if Step.FIT in steps:
            training.fit(work)
        if Step.SHIP in steps:
            training.ship(work)
        if Step.GO_ON in steps:
            training.go_on(work, new or ())
    if with_linear or {Step.SHIP, Step.GO_ON} & set(steps):
        from classifiers.evaluation import card

        card.write()


def _checked(backend: Backend, step: Sequence[Step], new: Sequence[str]) -> None:
    """Raises `BadInput` for options that do not go together."""
    if step and backend is Backend.LINEAR:
        raise BadInput("avmp train", "--step", step[0].value, "leave --backend linear out: it has no steps")
    if Step.GO_ON in step and len(step) > 1:
        raise BadInput("avmp train", "--step", " ".join(step), "give go-on alone: it needs no other step")
    if Step.GO_ON in step and not new:
        raise BadInput("avmp train", "--new", None, "say what the ids of the new articles begin with: --new kro-")
    if new and Step.GO_ON not in step:
        raise BadInput("avmp train", "--new", " ".join(new), "leave it out, or add --step go-on")


def schedule(
    now: Annotated[bool, typer.Option("--now", help="Do the nightly job once, at once, and end.")] = False,
) -> None:
    """Train the reader on people's decisions every night, and offer what is better to an administrator.

    The job begins at the time of the setting retrain_at, 02:00 in Belgrade
    unless it is set, and takes minutes. With fewer than 30 new decisions it
    does nothing. What it made lies in AVMP_HOME/models; no model begins to
    read before an administrator takes it, on the page Models.
    """
    import os

    from avmp.children import die_with_supervisor
    from avmp.settings import load
    from avmp.terminal import notes
    from avmp.wiring import wired

    die_with_supervisor()
    settings = load()
    with wired(settings) as wiring:
        if now:
            from avmp.learning.job import learn

            os.nice(LOW_PRIORITY)
            learn(wiring.database, settings.home, lambda line: notes.print(line, soft_wrap=True, markup=False))
            return
        from avmp.learning.nightly import keep_schedule, nightly
        from avmp.signals import stop_event
        from avmp.supervisor import addresses

        environment = addresses(wiring.database.url, settings)
        keep_schedule(nightly(settings.retrain_at), ["schedule", "--now"], environment, stop_event())
