"""Labelled articles as numbers: what `classifiers.encoder.fitting` reads, which knows neither languages nor codebook.

JSON Lines, gzipped. First a line of the questions and their answers, then a line a unit (an article, or an item of a
round-up): its answers as a whole, and each way it could have been printed with the pieces' ids, the stretches asked
about and the words the labels mark, as pieces.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from classifiers.encoder.inputs import WHOLE, Input
from classifiers.encoder.variants import variants
from classifiers.examples import Unit, parsed_label, units
from classifiers.labelled import LabelledArticle
from classifiers.questions import ARTICLE_QUESTIONS, EVIDENCE, INCIDENT_QUESTIONS, STRETCH_QUESTIONS
from classifiers.training import held_out

WHOLE_QUESTIONS = (*ARTICLE_QUESTIONS, *INCIDENT_QUESTIONS)


Answers = Mapping[str, Sequence[str]]
"""Question → its answers."""


def write(articles: Iterable[LabelledArticle], tokenizer: Tokenizer, path: Path, known: Answers | None = None) -> None:
    """Writes the data set of some articles. Heads that go on know no answers but `known`: what else the articles answer
    is not asked of them."""
    rows = [row for labelled in articles for row in _rows(labelled, tokenizer)]
    if known is not None:
        rows = [_asking(row, known) for row in rows]
    answers = known or _answers(rows)
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as file:
        about = {"whole": list(WHOLE_QUESTIONS), "stretch": list(STRETCH_QUESTIONS), "marked": list(EVIDENCE)}
        print(json.dumps({**about, "answers": answers}), file=file)
        for row in rows:
            print(json.dumps(row), file=file)


def _rows(labelled: LabelledArticle, tokenizer: Tokenizer) -> Iterator[dict[str, Any]]:
    """The units of an article, each with its printings: the order of units is the same in all of them."""
    printings = [list(units(one, parsed_label(one))) for one in (labelled, *variants(labelled))]
    for n, unit in enumerate(printings[0]):
        same = [printing[n] for printing in printings if len(printing) == len(printings[0])]
        yield {
            "id": labelled.id,
            "held": held_out(labelled),
            "whole": {e.question: e.answer for e in unit.examples if e.question in WHOLE_QUESTIONS},
            "printings": [_printing(one, tokenizer) for one in same],
        }


def _printing(unit: Unit, tokenizer: Tokenizer) -> dict[str, Any]:
    given = Input(unit.part, tokenizer)
    asked = []
    for example in unit.examples:
        if example.question in STRETCH_QUESTIONS:
            pieces = given.pieces(*example.found) if example.found else WHOLE
            if pieces is not None:
                asked.append((example.question, example.answer, *pieces))
    marked = [(field, *pieces) for field, *found in unit.marked if (pieces := given.pieces(*found)) is not None]
    return {"ids": given.tokens.ids, "asked": asked, "marked": marked}


def _asking(row: dict[str, Any], known: Answers) -> dict[str, Any]:
    printings = [
        {**printing, "asked": [one for one in printing["asked"] if one[1] in known.get(one[0], ())]}
        for printing in row["printings"]
    ]
    whole = {question: answer for question, answer in row["whole"].items() if answer in known.get(question, ())}
    return {**row, "whole": whole, "printings": printings}


def _answers(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    known: dict[str, set[str]] = {question: set() for question in (*WHOLE_QUESTIONS, *STRETCH_QUESTIONS)}
    for row in rows:
        for question, answer in row["whole"].items():
            known[question].add(answer)
        for question, answer, *_ in chain.from_iterable(printing["asked"] for printing in row["printings"]):
            known[question].add(answer)
    return {question: sorted(answers) for question, answers in known.items()}
