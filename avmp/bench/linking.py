"""What it costs to link one mention when many are known, in memory: found by blocks, then scored.

The queue's own cost, with the database, is measured by `avmp.bench.queue`.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections.abc import Iterator

from codebook.gazetteer import gazetteer
from codebook.records import Alternatives, Facts
from linking.blocking import Blocks
from linking.days import PossibleDays, possible_days
from linking.hints import Hints
from linking.mentions import LinkableMention, sureness_of
from linking.scoring import score

SIZES = (10_000, 100_000)
A_DAY = 30
"""Mentions that a day of the seven jurisdictions brings: more of them are of a longer time."""
NEW = 200
"""Mentions that are linked, over all of that time."""
BEGINNING = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
CONFIDENCE = {"incident_type": 0.9, "place": 0.95, "date": 0.8, "victims[0]": 0.85, "weapons": 0.9}
TYPES = ("weapons_seizure", "public_dispute", "criminal_context", "domestic_violence", "undetermined_shooting")


def linking_figures() -> dict[str, float]:
    """Median milliseconds to link one mention against 10,000 and against 100,000, and how much more the latter is."""
    medians = {size: _median(size) for size in SIZES}
    rows = {f"link_one_against_{size}_ms": round(milliseconds, 3) for size, milliseconds in medians.items()}
    return rows | {"link_growth_for_ten_times_as_many": round(medians[SIZES[1]] / medians[SIZES[0]], 2)}


def _median(size: int) -> float:
    chance = random.Random(size)  # noqa: S311
    blocks = Blocks(_mentions(chance, size, "known"))
    taken = []
    for new in _mentions(chance, NEW, "new", days=size // A_DAY):
        begun = time.perf_counter()
        for other in blocks.comparable_to(new):
            score(new, other)
        taken.append(1000 * (time.perf_counter() - begun))
    return statistics.median(taken)


def _mentions(chance: random.Random, number: int, prefix: str, days: int | None = None) -> Iterator[LinkableMention]:
    places = [place for place in gazetteer().places() if place.kind == "municipality" and place.population]
    for n in range(number):
        place = chance.choice(places)
        published = BEGINNING + dt.timedelta(days=chance.randrange(days or max(number // A_DAY, 1)), hours=12)
        facts = Facts.model_validate(
            {
                "incident_type": chance.choice(TYPES),
                "date": (published - dt.timedelta(days=1)).date(),
                "date_precision": "day",
                "jurisdiction": place.jurisdiction,
                "place": place.name,
                "place_id": place.id,
                "latitude": place.latitude,
                "longitude": place.longitude,
                "geo_precision": 1,
                "weapons": [chance.choice(["handgun", "automatic", "unreported"])],
                "victims": [{"sex": "male", "age": chance.randint(15, 80), "outcome": "injured"}],
            }
        )
        hints = Hints(*({f"{chance.getrandbits(64):016x}": 5.0 for _ in range(12)} for _ in range(5)))
        article = f"{prefix}-{n}"
        yield LinkableMention(
            article,
            article,
            published,
            official=False,
            facts=facts,
            sureness=sureness_of(CONFIDENCE),
            days=_days(facts),
            hints=hints,
        )


def _days(facts: Facts) -> PossibleDays:
    """The day of the event and two others that its report names."""
    day = facts.date or BEGINNING.date()
    others = {day + dt.timedelta(days=1): 0.15, day - dt.timedelta(days=30): 0.05}
    return possible_days(facts, CONFIDENCE, Alternatives(date=others))
