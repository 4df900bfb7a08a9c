"""Which rows have one of many values, as one parameter however many there are."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Text, any_, literal
from sqlalchemy.dialects.postgresql import ARRAY


def among(column: Any, values: Collection[str]) -> ColumnElement[bool]:
    """Whether a text is one of these. SQLAlchemy's `in_` writes out a parameter for each value, at every execution;
    to the database both are the same."""
    found: ColumnElement[bool] = column == any_(literal(sorted(values), ARRAY(Text)))
    return found
