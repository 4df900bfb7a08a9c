"""The form of an answer: what the model is asked to write, and what its words are read as.

The JSON schema that is sent and the check of what comes back are made from these models, and their codes from the code
lists of the codebook. What the text does not say is null in an answer, so `unreported` and `unknown` are no codes here.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic_core import CoreSchema, core_schema

from codebook.codes import code_list
from codebook.errors import NoAnswer

LONGEST_ANSWER = 100_000
"""Characters of an answer that are looked at: some ten times the fullest bulletin."""

NOT_TOLD = frozenset({"unreported", "unknown"})


class StatedCode:
    """Pydantic marker: the string is a code of this list that says something."""

    def __init__(self, list_name: str) -> None:
        self.codes = [code for code in code_list(list_name).codes if code not in NOT_TOLD]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.codes)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "enum": self.codes}


def _strict(schema: dict[str, Any]) -> None:
    """As servers want it that hold a model to a schema: every property is required, none has a default or a title. The
    order is the one a model writes in: the words first, then what they say, then how sure it is."""
    properties = schema["properties"]
    if next(iter(properties)) == "quote":
        properties["certainty"] = properties.pop("certainty")
    schema["required"] = list(properties)
    for part in properties.values():
        part.pop("default", None)
        part.pop("title", None)
    schema.pop("title", None)
    schema.pop("description", None)
    schema["additionalProperties"] = False


class _Part(BaseModel):
    """A missing field reads as null, and one we do not know is passed over: small models forget and add some."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=_strict)


Certainty = Literal["high", "medium", "low"]


class Quoted(_Part):
    """Something said and the words of the article it rests on."""

    quote: str
    certainty: Certainty = "medium"


class TypeSaid(Quoted):
    value: Annotated[str, StatedCode("incident_type")]


class SubtypeSaid(Quoted):
    value: Annotated[str, StatedCode("subtype")]


class DateSaid(Quoted):
    """`value` is an ISO date; another one is no date."""

    value: str
    precision: Annotated[str, StatedCode("date_precision")] = "day"


class TimeOfDaySaid(Quoted):
    value: Annotated[str, StatedCode("time_of_day")]


class PlaceSaid(Quoted):
    municipality: str | None = None
    jurisdiction: Annotated[str, StatedCode("jurisdiction")]


class PlaceTypeSaid(Quoted):
    value: Annotated[str, StatedCode("place_type")]


class WeaponSaid(Quoted):
    value: Annotated[str, StatedCode("weapon")]


class PossessionSaid(Quoted):
    value: Annotated[str, StatedCode("possession")]


class SexSaid(Quoted):
    value: Annotated[str, StatedCode("sex")]


class NumberSaid(Quoted):
    value: int


class OutcomeSaid(Quoted):
    value: Annotated[str, StatedCode("outcome")]


class RelationSaid(Quoted):
    value: Annotated[str, StatedCode("relation")]


class StatusSaid(Quoted):
    value: Annotated[str, StatedCode("status")]


class WhereSaid(Quoted):
    value: Annotated[str, StatedCode("seizure_where")]


class VictimSaid(Quoted):
    sex: SexSaid | None = None
    age: NumberSaid | None = None
    outcome: OutcomeSaid | None = None
    relation: RelationSaid | None = None


class PerpetratorSaid(Quoted):
    sex: SexSaid | None = None
    age: NumberSaid | None = None
    status: StatusSaid | None = None


class SeizureSaid(Quoted):
    firearms: NumberSaid | None = None
    rounds: NumberSaid | None = None
    explosives: NumberSaid | None = None
    where: WhereSaid | None = None


class IncidentSaid(_Part):
    incident_type: TypeSaid
    subtype: SubtypeSaid | None = None
    date: DateSaid | None = None
    time_of_day: TimeOfDaySaid | None = None
    place: PlaceSaid | None = None
    place_type: PlaceTypeSaid | None = None
    weapons: tuple[WeaponSaid, ...] = ()
    possession: PossessionSaid | None = None
    victims: tuple[VictimSaid, ...] = ()
    perpetrators: tuple[PerpetratorSaid, ...] = ()
    seizure: SeizureSaid | None = None


class Answer(_Part):
    """The whole answer. `summary` comes first, for a model that has told what happened codes it better; `quote` and
    `certainty` are those of the verdict."""

    summary: str = ""
    relevant: bool
    reason: Annotated[str, StatedCode("irrelevance_reason")] | None = None
    quote: str
    certainty: Certainty = "medium"
    incidents: tuple[IncidentSaid, ...] = ()


_THOUGHT = re.compile(r"^.*</think>", re.DOTALL)
"""What models that think aloud write before they answer."""


def useless(why: str) -> NoAnswer:
    """The error of an answer that cannot be used."""
    return NoAnswer(f"the instruction model's answer was of no use: {why}")


def parsed(text: str) -> Answer:
    """The answer in what a model wrote: its first JSON object, whatever stands around it.

    Raises `NoAnswer` when there is none, when it is broken off or not of the schema, or contradicts itself.
    """
    text = _THOUGHT.sub("", text[:LONGEST_ANSWER], count=1)
    begin = text.find("{")
    if begin < 0:
        raise useless("no JSON")
    try:
        raw, _ = json.JSONDecoder().raw_decode(text, begin)
    except (ValueError, RecursionError):
        raise useless("no whole JSON") from None
    try:
        answer = Answer.model_validate(raw)
    except ValidationError:
        raise useless("not of the schema") from None
    if answer.relevant != bool(answer.incidents):
        raise useless("it contradicts itself")
    return answer
