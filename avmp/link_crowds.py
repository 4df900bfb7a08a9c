"""Strangers: the reports of other events that stand around a report in life, which the linking articles lack.

Their families hold an event, its look-alikes and updates. Around a report of a large town there are besides many others
of that town, most of them of events that resemble it in nothing but place and type; and the fewer facts a report tells,
the more of them could be meant. So each is put among reports of other events, the more the larger its town: other
training articles, moved there in place and time, and some that stay in their own towns.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from avmp.link_views import Told
from codebook.gazetteer import gazetteer
from codebook.records import Facts
from linking.blocking import comparable
from linking.mentions import LinkableMention
from linking.places import people_at

A_DAY = 2
"""Reports of a day over all jurisdictions. In life they are 3 to 30; with so many, all weight went to what tells
strangers apart and look-alikes were taken for one event or parted reports of one: 2 is the most of 2, 3, 5 and 15 that
costs the families no more than .01 of F1 as the shipped reader reads."""
AROUND = 20
"""Days before and after a report from which strangers come: none further off is compared with it."""
UNDATED, UNPLACED, FRESH = 0.12, 0.05, 2
"""Shares of strangers of which no day and no town is read, as of the articles measured on; and days within which an
event is reported."""
PLACE = ("place", "place_id", "latitude", "longitude")


def strangers(told: Sequence[Told], others: Sequence[Told]) -> Iterator[tuple[LinkableMention, LinkableMention]]:
    """Pairs of a mention, as it is, without its day and without any time, and a stranger that the linker would
    compare. The same mentions give the same pairs."""
    by_jurisdiction: defaultdict[str | None, list[LinkableMention]] = defaultdict(list)
    for other in others:
        by_jurisdiction[other.mention.facts.jurisdiction].append(other.mention)
    for one in told:
        chance = Random(one.mention.id)  # noqa: S311  the same at every run
        for stranger in _around(one.mention, by_jurisdiction[one.mention.facts.jurisdiction], chance):
            for mention in _as_told(one.mention):
                if comparable(mention, stranger):
                    yield mention, stranger


def _as_told(mention: LinkableMention) -> Iterator[LinkableMention]:
    without_day = mention.facts.model_copy(update={"date": None, "date_precision": "unknown"})
    yield mention
    yield replace(mention, facts=without_day)
    yield replace(mention, facts=without_day, published=None)


def _around(mention: LinkableMention, others: Sequence[LinkableMention], chance: Random) -> Iterator[LinkableMention]:
    """Those of the same town, and those of the rest of the jurisdiction where they are; some tell no place."""
    if not others or mention.published is None:
        return
    people = _people()
    a_person = A_DAY * (2 * AROUND + 1) / sum(people.values())
    here = people_at(mention.facts)
    for _ in range(_drawn(a_person * here, chance)):
        yield _moved(chance.choice(others), mention.published, mention.facts, chance)
    for _ in range(_drawn(a_person * (people.get(mention.facts.jurisdiction, 0) - here), chance)):
        other = chance.choice(others)
        yield _moved(other, mention.published, other.facts, chance)


def _drawn(expected: float, chance: Random) -> int:
    """The whole number below or above, so often that the mean is what is expected."""
    return int(expected + chance.random())


def _moved(other: LinkableMention, near: dt.datetime, place: Facts, chance: Random) -> LinkableMention:
    """Another event's report as if it had happened at this place, some days before or after."""
    published = near + dt.timedelta(days=chance.randint(-AROUND, AROUND))
    day = published.date() - dt.timedelta(days=chance.randrange(FRESH))
    dated, placed = chance.random() >= UNDATED, chance.random() >= UNPLACED
    where = {name: getattr(place, name) if placed else None for name in PLACE}
    when = {"date": day, "date_precision": "day"} if dated else {"date": None, "date_precision": "unknown"}
    facts = other.facts.model_copy(update={**where, **when})
    return replace(other, article_id=f"stranger {other.article_id}", published=published, facts=facts)


@cache
def _people() -> dict[str | None, int]:
    """How many people live in the towns of a jurisdiction."""
    found: defaultdict[str | None, int] = defaultdict(int)
    for place in gazetteer().places():
        if place.kind == "municipality":
            found[place.jurisdiction] += place.population or 0
    return dict(found)
