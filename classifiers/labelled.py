"""Labelled articles: the format that tests, training and `avmp evaluate` share (JSON Lines, one article a line)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from codebook.gazetteer import gazetteer
from codebook.jsonlines import records
from codebook.records import (
    Age,
    Article,
    IncidentType,
    IrrelevanceReason,
    Jurisdiction,
    Outcome,
    PlaceType,
    Possession,
    Relation,
    Seizure,
    Sex,
    Status,
    Subtype,
    Weapon,
)


class _Labelled(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LabelledVictim(_Labelled):
    sex: Sex
    age: Age | None
    outcome: Outcome
    relation: Relation


class LabelledPerpetrator(_Labelled):
    sex: Sex
    age: Age | None
    status: Status


class LabelEvidence(_Labelled):
    """For every value the words of title or text that it rests on."""

    type: str | None = None
    place: str | None = None
    date: str | None = None
    place_type: str | None = None
    weapons: tuple[str, ...] = ()
    victims: tuple[str | None, ...] = ()
    perpetrators: tuple[str | None, ...] = ()
    possession: str | None = None
    seizure: tuple[str, ...] = ()


class LabelledIncident(_Labelled):
    """One incident. `place_type` is null where nobody labelled it, which is not `unreported`."""

    incident_type: IncidentType
    subtype: Subtype | None
    date: dt.date | None
    jurisdiction: Jurisdiction | None
    place: str | None
    weapons: tuple[Weapon, ...]
    possession: Possession
    victims: tuple[LabelledVictim, ...]
    perpetrators: tuple[LabelledPerpetrator, ...]
    seizure: Seizure | None
    evidence: LabelEvidence | None = None
    event_key: str | None = None
    place_type: PlaceType | None = None

    def is_at(self, place: str) -> bool:
        """Whether a place is the labelled municipality, or a village in it or, in Moldova, in the labelled raion
        (LABELLING rule 16)."""
        if self.place is None or self.place == place:
            return self.place is not None
        if self.jurisdiction is None:
            return False
        if self.jurisdiction == "MD" and gazetteer().lies_in_raion(place, self.place):
            return True
        return gazetteer().same_municipality(self.place, place, self.jurisdiction)


class LabelledArticle(_Labelled):
    """One article and what a careful reader says it tells."""

    id: str
    lang: str
    script: str
    published: dt.date | None
    title: str
    text: str
    relevant: bool
    reason: IrrelevanceReason | None
    event_key: str | None
    incidents: tuple[LabelledIncident, ...]
    source_jurisdiction: Jurisdiction | None = None
    constructed: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> LabelledArticle:
        if self.relevant != bool(self.incidents):
            raise ValueError("a relevant article has incidents, another has none")
        return self

    @property
    def article(self) -> Article:
        """The article as a reader gets it: without its labels. Published at noon of its day."""
        published = self.published and dt.datetime.combine(self.published, dt.time(12), tzinfo=dt.UTC)
        return Article(
            id=self.id,
            source_id="labelled",
            url=f"labelled:{self.id}",
            title=self.title,
            text=self.text,
            published=published,
            published_from="page" if published else None,
            fetched=published or dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
            source_jurisdiction=self.source_jurisdiction,
        )


def load(path: Path) -> list[LabelledArticle]:
    """The labelled articles of a file. Raises `BadInput` that names file, line and field."""
    return list(records(path, LabelledArticle, "labelled articles"))
