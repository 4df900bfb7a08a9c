"""Writes the schema files anew; to be run after a change of a record."""

from __future__ import annotations

from pathlib import Path

from codebook.schemas import write_schemas

write_schemas(Path(__file__).parent)
