"""How likely two mentions tell the same event."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from codebook.records import Facts, Perpetrator, Victim
from linking.days import days_between, days_meant
from linking.mentions import LinkableMention
from linking.weights import weights

EARTH_RADIUS_KM = 6371.0


def score(a: LinkableMention, b: LinkableMention) -> float:
    """Log-odds that two mentions tell one event; symmetric."""
    table = weights().evidence
    # The weights are short decimals: rounded, a sum that is the threshold is not missed by the 16th digit.
    return round(table["prior"] + sum(table[name] for name in _evidence(a, b)), 6)


def comparable(a: LinkableMention, b: LinkableMention) -> bool:
    """Whether a pair is worth a score: another article, the same jurisdiction, and dates within the window.

    A date of week or month precision stands for all its days. Without two dates the publications count. Symmetric.
    """
    if a.article_id == b.article_id or a.facts.jurisdiction != b.facts.jurisdiction:
        return False
    days_a, days_b = days_meant(a.facts), days_meant(b.facts)
    if days_a and days_b:
        return days_between(days_a, days_b) <= dt.timedelta(days=weights().days_apart)
    if a.published and b.published:
        return abs(a.published - b.published) <= dt.timedelta(days=weights().report_days_apart)
    return True


def kilometres(a: Facts, b: Facts) -> float | None:
    """Distance between the places on a sphere (haversine); null when one has no coordinates."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    phi_a, phi_b = math.radians(a.latitude), math.radians(b.latitude)
    half_lat, half_lon = (phi_b - phi_a) / 2, math.radians(b.longitude - a.longitude) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def _evidence(a: LinkableMention, b: LinkableMention) -> Iterator[str]:
    yield _place(a.facts, b.facts)
    yield _date(a.facts, b.facts)
    yield _type(a.facts, b.facts)
    yield from _persons(a.facts, b.facts)
    yield from _weapons(a.facts, b.facts)
    yield from _seized(a.facts, b.facts)


def _place(a: Facts, b: Facts) -> str:
    if a.place is None or b.place is None:
        return "place_unknown"
    if a.place == b.place or (a.place_id is not None and a.place_id == b.place_id):
        return "same_place"
    distance = kilometres(a, b)
    return "near_place" if distance is not None and distance <= weights().kilometres else "other_place"


def _date(a: Facts, b: Facts) -> str:
    if a.date_precision != "day" or b.date_precision != "day":
        return "date_unknown"  # "March" twice is no more one day than no date at all
    return "same_date" if a.date == b.date else "near_date"


def _type(a: Facts, b: Facts) -> str:
    if a.incident_type == b.incident_type:
        return "same_type"
    pair = frozenset((a.incident_type, b.incident_type))
    return "compatible_type" if pair in weights().compatible_types else "other_type"


def _persons(a: Facts, b: Facts) -> Iterator[str]:
    ages_a, ages_b = _ages(a), _ages(b)
    if ages_a and ages_b:
        yield "age_shared" if ages_a & ages_b else "ages_differ"
    if not (a.victims and b.victims):
        return
    yield "same_victim_count" if len(a.victims) == len(b.victims) else "victim_count_differs"
    if _harmed(a) and _harmed(a) == _harmed(b):
        yield "same_harm"
    if len(a.victims) == len(b.victims) == 1:
        sexes = {a.victims[0].sex, b.victims[0].sex}
        if sexes == {"female", "male"}:
            yield "sexes_differ"
        elif len(sexes) == 1 and sexes != {"unreported"}:
            yield "sexes_agree"


def _ages(facts: Facts) -> set[int]:
    people: list[Victim | Perpetrator] = [*facts.victims, *facts.perpetrators]
    return {person.age for person in people if person.age is not None}


def _harmed(facts: Facts) -> int:
    """Killed and injured together: the wounded of the first report are the dead of the next."""
    return sum(v.outcome in ("killed", "injured") for v in facts.victims)


def _weapons(a: Facts, b: Facts) -> Iterator[str]:
    named_a, named_b = set(a.weapons) - {"unreported"}, set(b.weapons) - {"unreported"}
    if named_a and named_b:
        yield "weapon_shared" if named_a & named_b else "weapons_differ"


def _seized(a: Facts, b: Facts) -> Iterator[str]:
    if a.seizure is None or b.seizure is None:
        return
    pairs = [(getattr(a.seizure, name), getattr(b.seizure, name)) for name in ("firearms", "rounds", "explosives")]
    stated = [(x, y) for x, y in pairs if x and y]
    if stated:
        yield "seized_number_shared" if any(x == y for x, y in stated) else "seized_numbers_differ"
