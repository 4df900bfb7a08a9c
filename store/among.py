"""Which rows have one of many values, as one parameter however many there are.

SQLAlchemy's `in_` writes out a parameter for each value at every execution; to the database both are the same.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Text, any_, bindparam, literal
from sqlalchemy.dialects.postgresql import ARRAY


def among(column: Any, values: Collection[str]) -> ColumnElement[bool]:
    """Whether a text is one of these."""
    found: ColumnElement[bool] = column == any_(literal(list(values), ARRAY(Text)))
    return found


def among_given(column: Any, name: str) -> ColumnElement[bool]:
    """Whether a text is one of a list that the statement is given under this name."""
    found: ColumnElement[bool] = column == any_(bindparam(name, type_=ARRAY(Text)))
    return found
