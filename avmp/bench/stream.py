"""The cascade over an ordinary day's stream: articles a second of each stage and of all on two cores, and the memory of
a process that reads."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier

from avmp.bench import rates
from avmp.bench.forward import forward_rates
from classifiers.evaluation.stream import ordinary_day
from classifiers.gate import may_tell_an_incident
from classifiers.labelled import load
from classifiers.reader import Reader, default_reader, linear_reader
from classifiers.training import CORPUS
from codebook.records import Article

LENGTH, WARMING = 1000, 1000
"""Articles of the stream that are read, and of another one that are read before: a process that has read for a day
knows the language's words and the forms of place names that it comes upon, not the day's articles."""
BEGINNING = 240.0
"""Seconds after which a process that waits for the other to begin gives up."""
FEW = 40
"""Articles that the encoder alone is measured on: in PyTorch some ten seconds."""
PROCESSES = 2
"""Processes that read side by side: one a core of the machine the targets are stated for."""


def day_rates() -> tuple[dict[str, float], float]:
    """Articles a second over an ordinary day's stream, and the megabytes of memory that one reading process took at its
    highest, libraries and models included."""
    articles, reader = _articles(LENGTH), default_reader()
    _read(reader, _articles(WARMING, "the day before"))
    measured = {"day_read_one_process": len(articles) / _seconds(reader, articles)}
    measured |= _stages(_articles(LENGTH, "the day after"), reader)  # a day not read yet, as for the reading above
    measured["day_read"], megabytes = _side_by_side(articles)
    return measured, megabytes


def _stages(articles: Sequence[Article], reader: Reader) -> dict[str, float]:
    """Articles a second of the baseline, and of each stage over the articles that reach it: `day_encoder` is the whole
    reading of articles that the encoder reads, the rows of `forward_rates` are the encoder alone over some of them."""
    wire = [article.model_dump_json() for article in articles]
    passed = [article for article in articles if may_tell_an_incident(article.title, article.text)]
    doubted = [article for article in passed if reader.read(article).read_by == "encoder"]
    return {
        "day_json_parse": rates.rate(len(wire), lambda: [json.loads(text) for text in wire]),
        "day_gate": rates.rate(len(articles), lambda: [may_tell_an_incident(a.title, a.text) for a in articles]),
        "day_linear": len(passed) / _seconds(linear_reader(), passed),
        "day_encoder": len(doubted) / _seconds(reader, doubted),
        **forward_rates(doubted[:FEW]),
    }


def _side_by_side(articles: Sequence[Article]) -> tuple[float, float]:
    """Articles a second of `PROCESSES` readers, and the most megabytes one took. The processes are begun anew, so that
    what this one has loaded is not counted as theirs."""
    context = get_context("spawn")
    ready = context.Barrier(PROCESSES)
    with ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=_begin, initargs=(ready, WARMING)) as pool:
        list(pool.map(abs, range(PROCESSES)))  # a process is begun for a task that finds none idle
        begun = time.perf_counter()
        megabytes = max(pool.map(_read_share, (articles[n::PROCESSES] for n in range(PROCESSES))))
        return len(articles) / (time.perf_counter() - begun), megabytes


def _begin(ready: Barrier, warming: int) -> None:
    _read(default_reader(), _articles(warming, "the day before"))
    ready.wait(BEGINNING)


def _read_share(articles: Sequence[Article]) -> float:
    _read(default_reader(), articles)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seconds(reader: Reader, articles: Sequence[Article]) -> float:
    begun = time.perf_counter()
    _read(reader, articles)
    return time.perf_counter() - begun


def _read(reader: Reader, articles: Sequence[Article]) -> None:
    for article in articles:
        reader.read(article)


def _articles(length: int, seed: str = "an ordinary day") -> list[Article]:
    return [one.article for one in ordinary_day(load(CORPUS / "dev.jsonl"), length, seed)]
