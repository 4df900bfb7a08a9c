"""The JSON Schemas of the records and events, for whoever reads or writes messages in another language.

`python -m codebook.schemas` writes them anew from the records; a test holds the files against the code. They say what
each field is and which codes it takes. Rules between fields (a subtype belongs to its type, a date has a precision)
are the records' own and not in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from codebook.events import EVENT_TYPES
from codebook.records import Article, Incident, Mention, Reading, Record

DIALECT = "https://json-schema.org/draft/2020-12/schema"

RECORDS: tuple[type[Record], ...] = (Article, Mention, Reading, Incident)


def schema_types() -> Mapping[str, type[Record]]:
    """The records by the name of their schema: `article`, and with their version `article_fetched.v1`."""
    events = {f"{event.model_fields['schema_name'].default}.v{event.current_version}": event for event in EVENT_TYPES}
    return MappingProxyType({record.__name__.lower(): record for record in RECORDS} | events)


def schema_text(name: str) -> str:
    """The schema of that name as its file holds it. Raises `KeyError` for an unknown one."""
    schema = {"$schema": DIALECT, "$id": f"urn:avmp:{name}"} | schema_types()[name].model_json_schema()
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path) -> None:
    """Write every schema into `folder`, as `NAME.json`."""
    for name in schema_types():
        (folder / f"{name}.json").write_text(schema_text(name), encoding="utf-8")
