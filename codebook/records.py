"""The records that travel between rooms: `Article`, `Mention`, `Incident` and what they are made of.

All are immutable and validated on construction. Codes are checked against the code lists; an unknown one is a
`pydantic.ValidationError` here and a `BadInput` at the edges (`codebook.events.bad_input`, `codebook.jsonlines`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, core_schema

from codebook.codes import code_list, subtypes_of

TEXT_LIMIT_BYTES = 400_000
"""UTF-8 bytes of article text that one message carries. Kafka refuses a message over 1 MB by default; JSON escapes
and the other fields fit in the rest. The whole text stays in the archive."""


class Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Code:
    """Pydantic marker: the string is a code of this list."""

    def __init__(self, list_name: str) -> None:
        self.list_name = list_name

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": list(code_list(self.list_name).codes)}

    def _known(self, value: str) -> str:
        if value not in code_list(self.list_name):
            allowed = ", ".join(code_list(self.list_name).codes)
            raise ValueError(f"not a code of {self.list_name}; use one of {allowed}")
        return value


Jurisdiction = Annotated[str, _Code("jurisdiction")]
IncidentType = Annotated[str, _Code("incident_type")]
Subtype = Annotated[str, _Code("subtype")]
DatePrecision = Annotated[str, _Code("date_precision")]
TimeOfDay = Annotated[str, _Code("time_of_day")]
PlaceType = Annotated[str, _Code("place_type")]
Weapon = Annotated[str, _Code("weapon")]
Possession = Annotated[str, _Code("possession")]
SeizureWhere = Annotated[str, _Code("seizure_where")]
Role = Annotated[str, _Code("role")]
Sex = Annotated[str, _Code("sex")]
Outcome = Annotated[str, _Code("outcome")]
Relation = Annotated[str, _Code("relation")]
Status = Annotated[str, _Code("status")]
SourceKind = Annotated[str, _Code("source_kind")]
IrrelevanceReason = Annotated[str, _Code("irrelevance_reason")]
GeoPrecision = Literal[1, 2, 3]
Count = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]
Age = Annotated[int, Field(ge=0, le=120)]


def age_band(age: int | None) -> str:
    """The age band of CODEBOOK: `underage` 0–18, `19-35`, `36-60`, `61+`, `unreported`."""
    if age is None:
        return "unreported"
    for limit, band in ((18, "underage"), (35, "19-35"), (60, "36-60")):
        if age <= limit:
            return band
    return "61+"


class Archived(Record):
    """Where the fetched bytes lie in the WARC archive."""

    path: str
    offset: Count
    length: Count
    sha256: str


class Article(Record):
    """One published page as fetched.

    `published` is null when no date could be derived; `published_from` says where it was found. `text` may be
    cut at `TEXT_LIMIT_BYTES` (`text_truncated`). `lang` and `script` are null until a reader has told them.
    """

    id: str
    source_id: str
    url: str
    title: str
    text: str
    lang: str | None = None
    script: Literal["Latn", "Cyrl"] | None = None
    published: dt.datetime | None = None
    published_from: Literal["page", "feed", "url", "fetch"] | None = None
    fetched: dt.datetime
    source_jurisdiction: Jurisdiction | None = None
    source_kind: SourceKind = "media"
    archived: Archived | None = None
    text_truncated: bool = False

    @property
    def content_hash(self) -> str:
        """Changes when title or text change: the version of the article. Hex, 32 characters."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode(errors="surrogatepass")).hexdigest()[:32]


def capped_text(text: str) -> tuple[str, bool]:
    """The text cut to `TEXT_LIMIT_BYTES` at a character boundary, and whether anything was cut."""
    raw = text.encode(errors="surrogatepass")  # JSON may hold half a pair
    if len(raw) <= TEXT_LIMIT_BYTES:
        return text, False
    return raw[:TEXT_LIMIT_BYTES].decode(errors="ignore"), True


class Victim(Record):
    sex: Sex = "unreported"
    age: Age | None = None
    outcome: Outcome = "unreported"
    relation: Relation = "unreported"


class Perpetrator(Record):
    role: Role = "perpetrator"
    sex: Sex = "unreported"
    age: Age | None = None
    status: Status = "unreported"

    @model_validator(mode="after")
    def _not_a_victim(self) -> Self:
        if self.role == "victim":
            raise ValueError("a perpetrator's role is perpetrator, co_perpetrator, instigator or accomplice")
        return self


class Seizure(Record):
    """Pieces seized; null for a number not stated."""

    firearms: Count | None = None
    rounds: Count | None = None
    explosives: Count | None = None
    where: SeizureWhere = "unreported"


class Facts(Record):
    """What the codebook asks of one incident. The field order is the codebook's and the form's.

    `place` is the municipality in its local Latin spelling, `place_id` its gazetteer entry when it has one.
    """

    incident_type: IncidentType
    subtype: Subtype | None = None
    date: dt.date | None = None
    date_precision: DatePrecision = "unknown"
    time_of_day: TimeOfDay = "unreported"
    jurisdiction: Jurisdiction | None = None
    place: str | None = None
    place_id: str | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    geo_precision: GeoPrecision = 3
    place_type: PlaceType = "unreported"
    weapons: tuple[Weapon, ...] = ("unreported",)
    possession: Possession = "unreported"
    victims: tuple[Victim, ...] = ()
    perpetrators: tuple[Perpetrator, ...] = ()
    seizure: Seizure | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.subtype is not None and self.subtype not in subtypes_of(self.incident_type):
            raise ValueError(f"subtype {self.subtype} does not belong to {self.incident_type}")
        if (self.date is None) != (self.date_precision == "unknown"):
            raise ValueError("a date needs a precision of day, week or month; no date has precision unknown")
        if len(set(self.weapons)) != len(self.weapons):
            raise ValueError("a weapon is listed twice")
        return self


class Evidence(Record):
    """The characters of an article that a value rests on; `start` and `end` count code points of `part`.

    `field` is dotted: `incident_type`, `victims[0].sex`, `weapons[1]`, `seizure.rounds`.
    """

    field: str
    part: Literal["title", "text"]
    start: Count
    end: Count


def facts_of(record: Facts) -> Facts:
    """The codebook fields of a mention or an incident alone."""
    return Facts.model_validate({name: getattr(record, name) for name in Facts.model_fields})


class Alternatives(Record):
    """What the type, the municipality (by its id in the gazetteer) and the day of an incident may be besides what was
    taken for them, each with its probability."""

    incident_type: dict[IncidentType, Probability] = Field(default_factory=dict)
    place: dict[str, Probability] = Field(default_factory=dict)
    date: dict[dt.date, Probability] = Field(default_factory=dict)


class Mention(Facts):
    """One incident as one article tells it, read by machine.

    `id` is article id and position, so that a newer reading replaces the older one. `confidence` maps a field
    to a probability from 0 to 1; one without a figure is not measured. `alternatives` are what was not taken.
    """

    id: str
    article_id: str
    position: Count
    content_hash: str
    reader_version: str
    confidence: dict[str, Probability] = Field(default_factory=dict)
    alternatives: Alternatives = Alternatives()
    evidence: tuple[Evidence, ...] = ()


def mention_id(article_id: str, position: int) -> str:
    """The deterministic id of the mention at `position` (from 0) of an article."""
    return f"{article_id}-{position}"


class Reading(Record):
    """What a reader makes of one article: relevance as a calibrated probability, and its mentions.

    `reason` says why an article that is not relevant is not; null when it is. `read_by` is the stage whose reading
    this is: `linear`, `encoder` or `instruct`. `fallback` says in one line why a later stage that was to read the
    article did not, such as "the instruction model did not answer: timed out": one of few lines, for they are counted,
    and never with words of the article or of a server.
    """

    article_id: str
    content_hash: str
    reader_version: str
    lang: str
    script: Literal["Latn", "Cyrl"]
    relevance: Probability
    relevant: bool
    reason: IrrelevanceReason | None = None
    mentions: tuple[Mention, ...] = ()
    read_by: str = "linear"
    fallback: str | None = None


class Verification(Record):
    """On what an incident rests: independent sources, whether one is official, who approved, when."""

    sources: Annotated[int, Field(ge=0)]
    official: bool
    approved_by: str
    approved_at: dt.datetime


class Incident(Facts):
    """The curated record a monitor has approved. `revision` counts from 1."""

    id: str
    revision: Annotated[int, Field(ge=1)]
    jurisdiction: Jurisdiction
    verification: Verification
    articles: tuple[str, ...] = ()
