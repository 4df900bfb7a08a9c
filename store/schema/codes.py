"""The code lists as tables, one per list, filled from the codebook at every migration.

Foreign keys to these tables are what makes an unknown code impossible in the database; a list that gains a code
needs no migration.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from codebook.codes import code_lists
from store.schema.base import Base


def _code_table(name: str) -> Table:
    columns: list[SchemaItem] = [
        Column("code", Text, primary_key=True),
        Column("position", Integer, nullable=False),
        Column("name", Text, nullable=False),
        Column("definition", Text, nullable=False),
    ]
    if name == "subtype":
        columns.append(Column("parent", Text, ForeignKey("code_incident_type.code"), nullable=False))
        columns.append(UniqueConstraint("parent", "code"))
    return Table(f"code_{name}", Base.metadata, *columns)


CODE_TABLES: dict[str, Table] = {name: _code_table(name) for name in code_lists()}
"""Code tables by list name."""


def code_key(list_name: str) -> ForeignKey:
    """A foreign key into a code list."""
    return ForeignKey(f"code_{list_name}.code")
