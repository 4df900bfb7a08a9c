"""Linking one report among many candidates that wait: what it costs, and how the cost grows with their number."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import math
import random
import statistics
import time
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import text

from avmp.bench.embedded import server
from avmp.wiring import migrate
from codebook.events import MentionsRead
from codebook.gazetteer import Place, gazetteer
from codebook.records import Facts, Mention, Victim, mention_id
from linking.linker import candidate_id
from pipeline.bus import Message, Partition
from pipeline.stages.link import LinkStage
from store.database import Database
from store.schema import Source, StoredArticle

SIZES = (1_000, 10_000, 100_000)
"""Numbers of open candidates, each with one report."""
REPORTS = 60
"""Reports that are linked at each size, half of them of an event that waits already."""
DAYS = 3 * 365
"""The candidates' events are spread over so many days."""
WORDS = 20_000
"""Different words of which reports give hints."""

JURISDICTIONS = ("AL", "BA", "XK", "MD", "ME", "MK", "RS")
TYPES = ("criminal_context", "public_dispute", "weapons_seizure", "undetermined_shooting", "domestic_violence")
BEGINNING = dt.date(2022, 1, 1)
COLUMNS = {
    "articles": "id, source_id, source_kind, url, title, text, lang, published, fetched, content_hash, read_hash, "
    "reader_version, relevance, relevant, text_truncated",
    "candidates": "id, jurisdiction, state, kind, proposal, priority, version",
    "mentions": "id, article_id, position, content_hash, reader_version, jurisdiction, incident_type, date, facts, "
    "confidence, evidence, hints, candidate_id",
}


def queue_figures() -> dict[str, Any]:
    """Median milliseconds to link one report, by the number of open candidates, and the exponent of its growth from
    the smallest to the largest (1 is proportional, 0 none)."""
    medians: dict[int, float] = {}
    for size in SIZES:
        with server() as url:
            migrate(url, url)
            database = Database(url)
            told = fill(database, size)
            medians[size] = statistics.median(link_times(database, told))
            database.close()
    smallest, *_, largest = SIZES
    growth = math.log(medians[largest] / medians[smallest]) / math.log(largest / smallest)
    figures = {f"link_one_among_{size}_ms": round(median, 2) for size, median in medians.items()}
    return figures | {"link_one_growth_exponent": round(growth, 3)}


def fill(database: Database, size: int) -> Sequence[Facts]:
    """Put so many candidates into an empty queue; what they tell."""
    chance = random.Random(size)  # noqa: S311  the same at every run
    told = [_facts(chance) for _ in range(size)]
    with database.session() as session:
        session.add(
            Source(id="bench.example", name="Bench", url="https://bench.example/", jurisdiction="RS", kind="media",
                   languages=["sr"])
        )  # fmt: skip
    rows: dict[str, list[Sequence[object]]] = {table: [] for table in COLUMNS}
    for number, facts in enumerate(told):
        article, published = f"a{number}", _published(facts, chance)
        mention, stored = mention_id(article, 0), facts.model_dump_json()
        rows["articles"].append(
            (
                article,
                "bench.example",
                "media",
                article,
                "t",
                "t",
                "sr",
                published,
                published,
                "h",
                "h",
                "r",
                0.9,
                True,
                False,
            )
        )
        rows["candidates"].append((candidate_id(mention), facts.jurisdiction, "open", "new", stored, 1.0, 1))
        rows["mentions"].append(
            (mention, article, 0, "h", "r", facts.jurisdiction, facts.incident_type, facts.date, stored, "{}", "[]",
             json.dumps(_hints(chance)), candidate_id(mention))
        )  # fmt: skip
    for table, values in rows.items():
        _copy(database, table, COLUMNS[table], values)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    return told


def link_times(database: Database, told: Sequence[Facts]) -> list[float]:
    """Milliseconds that each of `REPORTS` new reports took, from the event to the committed queue."""
    chance, stage = random.Random("new reports"), LinkStage(database)  # noqa: S311
    took = []
    for number in range(REPORTS):
        facts = chance.choice(told) if number % 2 else _facts(chance)
        message = _message(database, f"z{number}", facts, chance)
        begun = time.perf_counter()
        stage.handle(message)
        took.append(1000 * (time.perf_counter() - begun))
    return took[REPORTS // 6 :]  # the first ones compile the statements


def _message(database: Database, article: str, facts: Facts, chance: random.Random) -> Message:
    """The event of a new report, its article stored and read."""
    words = " ".join(f"Reč{_word(chance)}" for _ in range(150))
    published = dt.datetime.fromisoformat(_published(facts, chance))
    with database.session() as session:
        session.add(
            StoredArticle(id=article, source_id="bench.example", source_kind="media", url=article, title="Naslov",
                          text=words, lang="sr", published=published, fetched=published, content_hash="h",
                          read_hash="h", reader_version="r", relevant=True)
        )  # fmt: skip
    mention = Mention(
        **facts.model_dump(), id=mention_id(article, 0), article_id=article, position=0, content_hash="h",
        reader_version="r",
    )  # fmt: skip
    event = MentionsRead(
        event_id=article, occurred_at=published, jurisdiction=facts.jurisdiction, article_id=article,
        content_hash="h", reader_version="r", mentions=(mention,),
    )  # fmt: skip
    return Message(Partition(event.topic, 0), 0, event.key, event.encode(), {}, published)


def _facts(chance: random.Random) -> Facts:
    """An event: nearly all with a day and a place, as the reader finds them."""
    jurisdiction = chance.choice(JURISDICTIONS)
    place = chance.choice(_places(jurisdiction)) if chance.random() < 0.95 else None
    dated = chance.random()
    precision = "day" if dated < 0.93 else "month" if dated < 0.96 else "unknown"
    age = chance.randint(16, 80) if chance.random() < 0.6 else None
    return Facts(
        incident_type=chance.choice(TYPES),
        date=None if precision == "unknown" else BEGINNING + dt.timedelta(days=chance.randrange(DAYS)),
        date_precision=precision,
        jurisdiction=jurisdiction,
        place=place and place.name,
        place_id=place and place.id,
        latitude=place and place.latitude,
        longitude=place and place.longitude,
        geo_precision=1 if place else 3,
        weapons=(chance.choice(("handgun", "rifle_shotgun", "automatic", "unreported")),),
        victims=(Victim(sex="male", age=age, outcome=chance.choice(("killed", "injured", "threatened"))),),
    )


def _published(facts: Facts, chance: random.Random) -> str:
    day = facts.date or BEGINNING + dt.timedelta(days=chance.randrange(DAYS))
    return f"{day + dt.timedelta(days=chance.randrange(2))}T12:00:00+00:00"


@cache
def _places(jurisdiction: str) -> Sequence[Place]:
    return [place for place in gazetteer().places(jurisdiction) if place.kind == "municipality"]


def _hints(chance: random.Random) -> dict[str, dict[str, float]]:
    counts = {"person": 2, "name": 15, "number": 4, "word": 40}
    return {
        kind: {hashlib.sha256(f"{kind}{_word(chance)}".encode()).hexdigest()[:16]: 4.5 for _ in range(count)}
        for kind, count in counts.items()
    }


def _word(chance: random.Random) -> int:
    """A word's number: few are frequent, most are rare."""
    return int(WORDS ** chance.random())


def _copy(database: Database, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    lines = io.StringIO()
    for row in rows:
        cells = (r"\N" if value is None else str(value).replace("\\", "\\\\") for value in row)
        lines.write("\t".join(cells) + "\n")
    lines.seek(0)
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("set session_replication_role = replica")  # what the triggers keep is not measured here
        cursor.copy_expert(f"copy {table} ({columns}) from stdin", lines)
        cursor.execute("reset session_replication_role")
        connection.commit()
    finally:
        connection.close()
