"""The schema files and the example messages hold to the code, and a wrong message is told in one line."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from codebook import schemas
from codebook.errors import BadInput, FutureSchema
from codebook.events import EVENT_TYPES, ArticleFetched, Event, IncidentPublished, MentionsRead
from codebook.gazetteer import gazetteer
from codebook.records import Alternatives, Article, Mention, mention_id
from codebook.schemas import schema_text, schema_types, write_schemas

SCHEMAS = Path(schemas.__file__).parent
EXAMPLES = SCHEMAS.parent / "examples"
EVENTS: dict[str, type[Event]] = {
    f"{e.model_fields['schema_name'].default}.v{e.current_version}": e for e in EVENT_TYPES
}
WHERE = "avmp.topic[0]@7"


def example(name: str) -> Any:
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def refused(event: type[Event], message: Any) -> str:
    """The line that refuses a message."""
    with pytest.raises(BadInput) as told:
        event.decode(json.dumps(message).encode(), WHERE)
    line = str(told.value)
    assert "\n" not in line
    assert line.startswith(WHERE)
    assert len(line) < 400
    return line


def test_the_schema_files_are_what_the_code_generates() -> None:
    files = {file.stem: file.read_text(encoding="utf-8") for file in SCHEMAS.glob("*.json")}
    assert files == {name: schema_text(name) for name in schema_types()}, "run python -m codebook.schemas"


def test_schemas_can_be_written_anew(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in SCHEMAS.glob("*.json")}


def test_each_schema_has_one_example() -> None:
    assert {file.stem for file in EXAMPLES.glob("*.json")} == set(schema_types())


@pytest.mark.parametrize("name", sorted(schema_types()))
def test_an_example_holds_to_its_schema_and_survives_the_record(name: str) -> None:
    validator(name).validate(example(name))
    record = schema_types()[name].model_validate_json(json.dumps(example(name)))
    assert json.loads(record.model_dump_json()) == example(name)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_example_event_survives_the_wire(name: str) -> None:
    event = EVENTS[name].decode(json.dumps(example(name)).encode(), WHERE)
    assert json.loads(event.encode()) == example(name)
    assert event.key


def test_the_examples_belong_together() -> None:
    article = Article.model_validate(example("article"))
    mention = Mention.model_validate(example("mention"))
    assert mention.id == mention_id(article.id, 0)
    assert mention.content_hash == article.content_hash
    assert mention.place_id is not None
    assert gazetteer().place(mention.place_id).name == mention.place
    words = {e.field: (article.title if e.part == "title" else article.text)[e.start : e.end] for e in mention.evidence}
    assert words["place"] == "u Kruševcu"
    assert all(word == word.strip() and word for word in words.values())
    assert ArticleFetched.decode(json.dumps(example("article_fetched.v1")).encode(), WHERE) == ArticleFetched.of(
        article
    )
    assert example("mentions_read.v2")["mentions"] == [example("mention")]
    assert example("incident_published.v1")["incident"] == example("incident")


def required_paths(
    schema: dict[str, Any], part: dict[str, Any], message: Any, path: tuple[Any, ...] = ()
) -> Iterator[tuple[Any, ...]]:
    """The paths of all fields of `message` that its schema requires."""
    part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]] if "$ref" in part else part
    for name in part.get("required", []):
        yield (*path, name)
    for name, field in part.get("properties", {}).items():
        value = message.get(name)
        options = [field, *field.get("anyOf", [])]
        if isinstance(value, dict):
            for option in options:
                yield from required_paths(schema, option, value, (*path, name))
        if isinstance(value, list) and "items" in field:
            for at, item in enumerate(value):
                if isinstance(item, dict):
                    yield from required_paths(schema, field["items"], item, (*path, name, at))


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_missing_field_is_told_by_schema_and_decoder(name: str) -> None:
    schema = json.loads(schema_text(name))
    paths = list(required_paths(schema, schema, example(name)))
    assert len(paths) > 5
    for path in paths:
        message = copy.deepcopy(example(name))
        inner = message
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        assert not validator(name).is_valid(message), path
        assert f"{WHERE}: {'.'.join(map(str, path))}: " in refused(EVENTS[name], message)


@pytest.mark.parametrize(
    ("name", "path", "value", "told"),
    [
        ("article_fetched.v1", ("article", "source_kind"), "blog", "not a code of source_kind; use one of media, official"),
        ("article_fetched.v1", ("article", "source_jurisdiction"), "HR", "not a code of jurisdiction; use one of "),
        ("article_fetched.v1", ("article", "script"), "Arab", "give 'Latn' or 'Cyrl'"),
        ("mentions_read.v2", ("mentions", 0, "incident_type"), "shooting", "not a code of incident_type; use one of "),
        ("mentions_read.v2", ("mentions", 0, "victims", 0, "sex"), "f", "not a code of sex; use one of "),
        ("mentions_read.v2", ("mentions", 0, "confidence"), {"place": 1.5}, "give less than or equal to 1"),
        ("incident_published.v1", ("incident", "weapons"), ["gun"], "not a code of weapon; use one of "),
        ("incident_published.v1", ("incident", "revision"), 0, "give greater than or equal to 1"),
        ("incident_published.v1", ("incident", "name"), "A. B.", "leave this field out"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_by_schema_and_decoder(name: str, path: tuple[Any, ...], value: Any, told: str) -> None:
    message = example(name)
    inner = message
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert not validator(name).is_valid(message)
    line = refused(EVENTS[name], message)
    assert line.startswith(f"{WHERE}: {'.'.join(map(str, path))}")
    assert told in line


def test_a_moment_that_is_none_is_told() -> None:
    """Schemas give a moment's format, which validators need not check."""
    message = example("article_fetched.v1")
    message["article"]["fetched"] = "yesterday"
    assert f"{WHERE}: article.fetched: 'yesterday': give a valid datetime" in refused(ArticleFetched, message)


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_future_version_says_to_update(name: str) -> None:
    known = EVENTS[name].current_version
    message = example(name) | {"schema_version": known + 1, "a_new_field": 1}
    assert not validator(name).is_valid(message)
    line = rf"schema_version: {known + 1}: this program knows \w+ up to version {known}: update it, then requeue"
    with pytest.raises(FutureSchema, match=line):
        EVENTS[name].decode(json.dumps(message).encode(), WHERE)


def test_mentions_of_the_first_version_are_read() -> None:
    message = example("mentions_read.v2") | {"schema_version": 1}
    del message["mentions"][0]["alternatives"]
    validator("mentions_read.v2").validate(message)
    (mention,) = MentionsRead.decode(json.dumps(message).encode(), WHERE).mentions
    assert mention.alternatives == Alternatives()


PUBLISHED = {
    "article_fetched.v1": "031bc8dcd6c2",
    "incident_published.v1": "a4a0e67edf21",
    "mentions_read.v2": "f7f533616448",
}
"""The fields of every event's last version, by the hash of their names: with a field more, workers of yesterday refuse the
message, so that it needs a version of its own by which they say so."""


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_message_with_other_fields_has_another_version(name: str) -> None:
    assert fields_hash(json.loads(schema_text(name))) == PUBLISHED[name], "raise schema_version and current_version"


def fields_hash(schema: dict[str, Any]) -> str:
    parts = {"": schema, **schema["$defs"]}
    names = sorted(f"{part}.{field}" for part, told in parts.items() for field in told.get("properties", {}))
    return sha256("\n".join(names).encode()).hexdigest()[:12]


@pytest.mark.parametrize("version", [None, 0, -1, True, "1", 1.5, []])
def test_a_version_that_is_none_is_told(version: Any) -> None:
    message = example("article_fetched.v1") | {"schema_version": version}
    assert "give the version as a number, 1" in refused(ArticleFetched, message)


def test_an_event_of_another_topic_is_told() -> None:
    assert "publish mentions_read events on this topic" in refused(MentionsRead, example("incident_published.v1"))
    assert "publish incident_published events on this topic" in refused(IncidentPublished, example("article"))


def test_a_message_nested_without_end_is_told() -> None:
    with pytest.raises(BadInput, match="publish JSON of the schema of this topic"):
        ArticleFetched.decode(b"[" * 200_000, WHERE)
