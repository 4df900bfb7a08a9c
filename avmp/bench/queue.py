"""Linking one report among many candidates that wait: what it costs, and how the cost grows with their number.

What is compared is near in time and place, so that the cost follows from how many reports a day brings. In life these
are 3 to 30 over the seven jurisdictions; the queue is filled as `A_DAY` fill it, the longer the more candidates there
are, and a short one once as the most do.
"""

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
from itertools import accumulate
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
A_DAY, A_DENSE_DAY = 15, 30
"""Events of a day, over all jurisdictions, by how many people live where."""
REPORTS = 60
"""Reports that are linked at each size, every other one of the event of the report before, in many of its words."""
COMMON, WORDS, SHARED = 1_000, 20_000, 0.6
"""The words that everybody uses, which give no hints; all words; the share of an event's words that a report of it has.
So two reports of unrelated events are alike in wording by .04, as two of one jurisdiction among the training articles
are by .03 across languages and .11 within one."""

TYPES = ("criminal_context", "public_dispute", "weapons_seizure", "undetermined_shooting", "domestic_violence")
BEGINNING = dt.date(2005, 1, 1)
COLUMNS = {
    "articles": "id, source_id, source_kind, url, title, text, lang, published, fetched, content_hash, read_hash, "
    "reader_version, relevance, relevant, text_truncated",
    "candidates": "id, jurisdiction, state, kind, proposal, priority, version",
    "mentions": "id, article_id, position, content_hash, reader_version, jurisdiction, incident_type, date, "
    "latitude, longitude, published, facts, "
    "confidence, evidence, hints, candidate_id",
}


def link_figures() -> dict[str, Any]:
    """Median milliseconds to link one report, by the number of open candidates and of events a day, and the exponent
    of its growth from the smallest number to the largest (1 is proportional, 0 none)."""
    medians = {size: _median(size, A_DAY) for size in SIZES}
    smallest, *_, largest = SIZES
    growth = math.log(medians[largest] / medians[smallest]) / math.log(largest / smallest)
    figures = {f"link_one_among_{size}_at_{A_DAY}_a_day_ms": median for size, median in medians.items()}
    figures |= {f"link_one_among_{smallest}_at_{A_DENSE_DAY}_a_day_ms": _median(smallest, A_DENSE_DAY)}
    return figures | {"link_one_growth_exponent": round(growth, 3)}


def _median(size: int, a_day: int) -> float:
    days = max(size // a_day, 1)
    with server() as url:
        migrate(url, url)
        database = Database(url)
        fill(database, size, days)
        median = statistics.median(link_times(database, days))
        database.close()
    return round(median, 2)


def fill(database: Database, size: int, days: int) -> None:
    """Put so many candidates of so many days into an empty queue."""
    chance = random.Random(size)  # noqa: S311  the same at every run
    told = [_facts(chance, days) for _ in range(size)]
    with database.session() as session:
        session.add(
            Source(id="bench.example", name="Bench", url="https://bench.example/", jurisdiction="RS", kind="media",
                   languages=["sr"])
        )  # fmt: skip
    rows: dict[str, list[Sequence[object]]] = {table: [] for table in COLUMNS}
    for number, facts in enumerate(told):
        article, published = f"a{number}", _published(facts, chance, days)
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
            (mention, article, 0, "h", "r", facts.jurisdiction, facts.incident_type, facts.date,
             facts.latitude, facts.longitude, published, stored, "{}", "[]", json.dumps(_hints(chance)),
             candidate_id(mention))
        )  # fmt: skip
    for table, values in rows.items():
        _copy(database, table, COLUMNS[table], values)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def link_times(database: Database, days: int) -> list[float]:
    """Milliseconds that each of `REPORTS` new reports took, from the event to the committed queue."""
    chance, stage = random.Random("new reports"), LinkStage(database)  # noqa: S311
    took = []
    facts, words = _facts(chance, days), _words(chance)
    for number in range(REPORTS):
        if number % 2 == 0:
            facts, words = _facts(chance, days), _words(chance)
        told = [mine if chance.random() < SHARED else word for word, mine in zip(_words(chance), words, strict=True)]
        message = _message(database, f"z{number}", facts, _published(facts, chance, days), " ".join(told))
        begun = time.perf_counter()
        stage.handle(message)
        took.append(1000 * (time.perf_counter() - begun))
    return took[REPORTS // 6 :]  # the first ones compile the statements


def _words(chance: random.Random) -> Sequence[str]:
    return [f"Reč{_word(chance)}" for _ in range(150)]


def _message(database: Database, article: str, facts: Facts, moment: str, words: str) -> Message:
    """The event of a new report, its article stored and read."""
    published = dt.datetime.fromisoformat(moment)
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


def _facts(chance: random.Random, days: int) -> Facts:
    """An event of one of these days: nearly all with a day and a place, as the reader finds them."""
    where = _place(chance)
    place = where if chance.random() < 0.95 else None
    dated = chance.random()
    precision = "day" if dated < 0.86 else "month" if dated < 0.88 else "unknown"
    return Facts(
        incident_type=chance.choice(TYPES),
        date=None if precision == "unknown" else BEGINNING + dt.timedelta(days=chance.randrange(days)),
        date_precision=precision,
        jurisdiction=where.jurisdiction,
        place=place and place.name,
        place_id=place and place.id,
        latitude=place and place.latitude,
        longitude=place and place.longitude,
        geo_precision=1 if place else 3,
        weapons=(chance.choice(("handgun", "rifle_shotgun", "automatic", "unreported")),),
        victims=tuple(_victim(chance) for _ in range(chance.choices(range(4), (35, 45, 15, 5))[0])),
    )


def _victim(chance: random.Random) -> Victim:
    """Three men for a woman; of most the age is told."""
    return Victim(
        sex=chance.choices(("male", "female"), (3, 1))[0],
        age=chance.randint(16, 80) if chance.random() < 0.6 else None,
        outcome=chance.choice(("killed", "injured", "threatened")),
    )


def _published(facts: Facts, chance: random.Random, days: int) -> str:
    day = facts.date or BEGINNING + dt.timedelta(days=chance.randrange(days))
    return f"{day + dt.timedelta(days=chance.randrange(2))}T12:00:00+00:00"


def _place(chance: random.Random) -> Place:
    """A municipality, the larger the likelier."""
    places, people = _municipalities()
    return chance.choices(places, cum_weights=people)[0]


@cache
def _municipalities() -> tuple[Sequence[Place], Sequence[int]]:
    """The municipalities, and how many people live in each and all before it."""
    places = [place for place in gazetteer().places() if place.kind == "municipality" and place.population]
    return places, list(accumulate(place.population or 0 for place in places))


def _hints(chance: random.Random) -> dict[str, dict[str, float]]:
    counts = {"person": 1, "name": 10, "number": 2, "word": 36}  # the medians of the training articles
    return {
        kind: {hashlib.sha256(f"{kind}{_word(chance)}".encode()).hexdigest()[:16]: 4.5 for _ in range(count)}
        for kind, count in counts.items()
    }


def _word(chance: random.Random) -> int:
    """A rare word's number: the smaller the more frequent."""
    return int(COMMON * (WORDS / COMMON) ** chance.random())


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
