"""`train`: fits the reader's stages to the corpus in the repository."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codebook.errors import BadInput


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


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(train)


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
            "python -m classifiers.encoder.fitting DATA BASE OUT."
        ),
    ] = None,
) -> None:
    """Train the reader from the corpus in the repository, with a fixed seed, and write the model card.

    The linear stage is measured on a fifth of the events held out, then
    fitted to all. The encoder is fitted twice: to calibrate without that
    fifth, to ship with it. `avmp evaluate --check` then says whether the
    floors hold.
    """
    if step and backend is Backend.LINEAR:
        raise BadInput("avmp train", "--step", step[0].value, "leave --backend linear out: it has no steps")
    from classifiers import training as linear

    steps = [] if backend is Backend.LINEAR else step or list(Step)
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
    if with_linear or Step.SHIP in steps:
        from classifiers.evaluation import card

        card.write()
