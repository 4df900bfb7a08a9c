"""From what an answer says of an incident to its facts: what rests on words of the article stays, the rest goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from classifiers.instruct.answer import (
    IncidentSaid,
    NumberSaid,
    PerpetratorSaid,
    PlaceSaid,
    Quoted,
    SeizureSaid,
    VictimSaid,
)
from classifiers.instruct.places import resolved
from classifiers.instruct.quotations import Words
from classifiers.mentions import Told
from codebook.bounds import LARGEST_COUNT, MOST_PERSONS
from codebook.codes import subtypes_of
from codebook.records import Alternatives, Article, Evidence, Facts, Perpetrator, Seizure, Victim
from languages.dates import believable, local

SURE: Mapping[str, float] = {"high": 0.95, "medium": 0.75, "low": 0.5}
"""What a model's word for its certainty is worth: three, two and one dots beside the field. Not calibrated."""

OLDEST = 120
"""Years a person may be old."""

LATEST = dt.timedelta(days=1)
"""How long after its publication an event may be dated: sites state times of other zones, and days without an hour."""


def told(said: IncidentSaid, article: Article, words: Words) -> Told | None:
    """The incident as far as its values rest on words of the article; None when its type does not."""
    return _Telling(said, article, words).told()


class _Telling:
    """Takes over the values of one incident and keeps, for each, how sure the model is and where its words stand."""

    def __init__(self, said: IncidentSaid, article: Article, words: Words) -> None:
        self.said, self.article, self.words = said, article, words
        self.anchor: int | None = None
        self.confidence: dict[str, float] = {}
        self.evidence: list[Evidence] = []

    def told(self) -> Told | None:
        found = self.words.find(self.said.incident_type.quote)
        if found is None:
            return None
        self.anchor = found.position  # the values of one item of a bulletin stand near what shows its type
        fields: dict[str, object] = {"incident_type": self.said.incident_type.value}
        self._rests("incident_type", self.said.incident_type)
        for take in (self._subtype, self._place, self._date, self._codes, self._weapons, self._persons, self._seizure):
            fields |= take()
        return Told(Facts.model_validate(fields), self.confidence, tuple(self.evidence), Alternatives())

    def _rests(self, field: str, said: Quoted | None) -> bool:
        """Whether a value is said and its words stand in the article; they are kept as its evidence."""
        found = self.words.find(said.quote, self.anchor) if said is not None else None
        if said is None or found is None:
            return False
        self.confidence[field] = SURE[said.certainty]
        self.evidence.append(found.evidence(field))
        return True

    def _subtype(self) -> dict[str, object]:
        said = self.said.subtype
        fits = said is not None and said.value in subtypes_of(self.said.incident_type.value)
        return {"subtype": said.value} if said is not None and fits and self._rests("subtype", said) else {}

    def _place(self) -> dict[str, object]:
        said = self.said.place
        inferred: dict[str, object] = {"jurisdiction": self.article.source_jurisdiction}
        if said is None or self.words.find(said.quote) is None:
            return inferred
        return self._located(said)

    def _located(self, said: PlaceSaid) -> dict[str, object]:
        where = resolved(said.municipality, said.quote, said.jurisdiction)
        if where is None:
            self._rests("jurisdiction", said)
            return {"jurisdiction": said.jurisdiction}
        self._rests("place", said)
        return {
            "jurisdiction": where.municipality.jurisdiction,
            "place": where.municipality.name,
            "place_id": where.place.id,
            "latitude": where.place.latitude,
            "longitude": where.place.longitude,
            "geo_precision": 1,
        }

    def _date(self) -> dict[str, object]:
        said = self.said.date
        day = _day(said.value, said.precision) if said is not None else None
        if said is None or day is None or not self._may_be(day) or not self._rests("date", said):
            return {}
        return {"date": day, "date_precision": said.precision}

    def _may_be(self, day: dt.date) -> bool:
        published = self.article.published
        if not believable(published) or published is None:
            return believable(day)
        return believable(day) and day <= local(published, self.article.source_jurisdiction).date() + LATEST

    def _codes(self) -> dict[str, object]:
        one = {
            "time_of_day": self.said.time_of_day,
            "place_type": self.said.place_type,
            "possession": self.said.possession,
        }
        return {name: said.value for name, said in one.items() if said is not None and self._rests(name, said)}

    def _weapons(self) -> dict[str, object]:
        kinds: list[str] = []
        for said in self.said.weapons:
            if said.value not in kinds and self._rests(f"weapons[{len(kinds)}]", said):
                kinds.append(said.value)
        if not kinds:
            return {}
        self.confidence["weapons"] = min(self.confidence[f"weapons[{n}]"] for n in range(len(kinds)))
        return {"weapons": tuple(kinds)}

    def _persons(self) -> dict[str, object]:
        victims: list[Victim] = []
        for said in self.said.victims[:MOST_PERSONS]:
            if self._rests(f"victims[{len(victims)}]", said):
                victims.append(self._victim(f"victims[{len(victims)}]", said))
        perpetrators: list[Perpetrator] = []
        for one in self.said.perpetrators[:MOST_PERSONS]:
            if self._rests(f"perpetrators[{len(perpetrators)}]", one):
                perpetrators.append(self._perpetrator(f"perpetrators[{len(perpetrators)}]", one))
        return {"victims": tuple(victims), "perpetrators": tuple(perpetrators)}

    def _victim(self, field: str, said: VictimSaid) -> Victim:
        codes = {"sex": said.sex, "outcome": said.outcome, "relation": said.relation}
        stated = {name: one.value for name, one in codes.items() if one and self._rests(f"{field}.{name}", one)}
        return Victim.model_validate(stated | {"age": self._number(f"{field}.age", said.age, OLDEST)})

    def _perpetrator(self, field: str, said: PerpetratorSaid) -> Perpetrator:
        codes = {"sex": said.sex, "status": said.status}
        stated = {name: one.value for name, one in codes.items() if one and self._rests(f"{field}.{name}", one)}
        return Perpetrator.model_validate(stated | {"age": self._number(f"{field}.age", said.age, OLDEST)})

    def _number(self, field: str, said: NumberSaid | None, largest: int) -> int | None:
        if said is None or not 0 <= said.value <= largest or not self._rests(field, said):
            return None
        return said.value

    def _seizure(self) -> dict[str, object]:
        said = self.said.seizure
        if said is None:
            return {}
        stated = self._seized(said)
        return {"seizure": stated} if self._rests("seizure", said) or stated != Seizure() else {}

    def _seized(self, said: SeizureSaid) -> Seizure:
        pieces = {"firearms": said.firearms, "rounds": said.rounds, "explosives": said.explosives}
        counted: dict[str, object] = {
            name: self._number(f"seizure.{name}", one, LARGEST_COUNT) for name, one in pieces.items()
        }
        if said.where is not None and self._rests("seizure.where", said.where):
            counted["where"] = said.where.value
        return Seizure.model_validate(counted)


def _day(iso: str, precision: str) -> dt.date | None:
    """The day; of a week or a month its first."""
    try:
        day = dt.date.fromisoformat(iso.strip())
    except ValueError:
        return None
    if precision == "month":
        return day.replace(day=1)
    if precision == "week" and believable(day):
        return day - dt.timedelta(days=day.weekday())
    return day


def all_told(said: Sequence[IncidentSaid], article: Article, words: Words) -> list[Told]:
    """Every incident that rests on words of the article."""
    return [one for one in (told(incident, article, words) for incident in said[:MOST_INCIDENTS]) if one is not None]


MOST_INCIDENTS = 50
"""Incidents of one article: three times the longest bulletin."""
