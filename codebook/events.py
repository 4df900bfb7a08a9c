"""The events on the bus: versioned records, JSON on the wire, each with its topic and its key.

Every event type has a JSON schema in `schemas/` and an example message in `examples/`, which tests hold against
this module. Event time travels inside (`occurred_at`); the order of a log is never taken for time.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, ClassVar, Literal, Self

from pydantic import ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from codebook.errors import BadInput, FutureSchema
from codebook.records import Article, Incident, Jurisdiction, Mention, Record


def _named_and_versioned(schema: dict[str, Any]) -> None:
    """A message without its name and version is refused, although the record has defaults for them."""
    schema["required"] = ["schema_name", "schema_version", *schema["required"]]


class Event(Record):
    """Base of the events. `event_id` is deterministic: the same cause gives the same id, so that a consumer can
    tell a repetition."""

    model_config = ConfigDict(json_schema_extra=_named_and_versioned)

    topic: ClassVar[str]
    current_version: ClassVar[int] = 1

    event_id: str
    occurred_at: dt.datetime

    @property
    def key(self) -> str:
        """The partition key."""
        raise NotImplementedError

    def encode(self) -> bytes:
        """The message on the wire."""
        return self.model_dump_json().encode()

    @classmethod
    def decode(cls, value: bytes, where: str) -> Self:
        """The event in a message. `where` names the message in errors.

        Raises:
            FutureSchema: the message is of a version newer than this program.
            BadInput: it is no JSON, of another schema, or breaks a rule of the record.
        """
        try:
            raw = json.loads(value)
        except (ValueError, RecursionError):
            raise BadInput(where, "", value[:40], "publish JSON of the schema of this topic") from None
        name = cls.model_fields["schema_name"].default
        if not isinstance(raw, dict) or raw.get("schema_name") != name:
            raise BadInput(where, "schema_name", value[:40], f"publish {name} events on this topic")
        version = raw.get("schema_version")
        if type(version) is not int or version < 1:  # JSON's true is no version
            raise BadInput(where, "schema_version", version, f"give the version as a number, {cls.current_version}")
        if version > cls.current_version:
            remedy = f"this program knows {name} up to version {cls.current_version}: update it, then requeue"
            raise FutureSchema(where, "schema_version", version, remedy)
        try:
            return cls.model_validate_json(value)
        except ValidationError as error:
            raise bad_input(error, where) from None


class ArticleFetched(Event):
    """A new page, or a new version of one, was fetched. Key: article id."""

    topic: ClassVar[str] = "avmp.articles.fetched"
    schema_name: Literal["article_fetched"] = "article_fetched"
    schema_version: Literal[1] = 1
    article: Article

    @property
    def key(self) -> str:
        return self.article.id

    @classmethod
    def of(cls, article: Article) -> Self:
        """The event of one fetched version of an article. The moment is part of the id, because a page that is changed
        and changed back has the same text at two times: those are two events."""
        moment = article.fetched.astimezone(dt.UTC).isoformat()
        return cls(
            event_id=f"{article.id}:{article.content_hash}:{moment}", occurred_at=article.fetched, article=article
        )


class MentionsRead(Event):
    """All mentions that one reading of an article has in one jurisdiction; empty when a newer reading of the
    article has none left there. Key: jurisdiction (`-` where the reader could not tell), so that the linker of a
    partition sees a jurisdiction in order. Version 2 has `alternatives` in its mentions."""

    topic: ClassVar[str] = "avmp.mentions.read"
    current_version: ClassVar[int] = 2
    schema_name: Literal["mentions_read"] = "mentions_read"
    schema_version: Literal[1, 2] = 2
    jurisdiction: Jurisdiction | None
    article_id: str
    content_hash: str
    reader_version: str
    mentions: tuple[Mention, ...]

    @property
    def key(self) -> str:
        return self.jurisdiction or "-"


class IncidentPublished(Event):
    """A curated incident was approved or revised. Key: incident id; the topic is compacted, and a withdrawn
    incident is a message without a value."""

    topic: ClassVar[str] = "avmp.incidents.published"
    schema_name: Literal["incident_published"] = "incident_published"
    schema_version: Literal[1] = 1
    incident: Incident

    @property
    def key(self) -> str:
        return self.incident.id

    @classmethod
    def of(cls, incident: Incident) -> Self:
        """The event of one revision of an incident."""
        return cls(
            event_id=f"{incident.id}:{incident.revision}",
            occurred_at=incident.verification.approved_at,
            incident=incident,
        )


EVENT_TYPES: tuple[type[Event], ...] = (ArticleFetched, MentionsRead, IncidentPublished)


def deadletter_topic(stage: str) -> str:
    """The dead-letter topic of a stage (`read`, `link`, `publish`)."""
    return f"avmp.{stage}.deadletter"


def bad_input(error: ValidationError, where: str) -> BadInput:
    """The first complaint of a validation as one line for people."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    value = None if first["type"] == "missing" else first["input"]
    return BadInput(where, field, value, remedy_of(first))


def remedy_of(complaint: ErrorDetails) -> str:
    """What to do about one complaint of a validation."""
    remedy = _REMEDIES.get(complaint["type"], complaint["msg"].removeprefix("Value error, "))
    return remedy.replace("Input should be", "give")


_REMEDIES = {
    "missing": "give this field",
    "extra_forbidden": "leave this field out",
    "json_invalid": "write one JSON object",
}
"""What to do where pydantic only says what is wrong."""
