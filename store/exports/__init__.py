"""Curated incidents as files: CSV, XLSX, Parquet, GeoJSON, JSON Lines. All tables have the same columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import BinaryIO

from codebook.records import Incident
from store.exports.documents import write_geojson, write_jsonl
from store.exports.tables import write_csv, write_parquet, write_xlsx

FORMATS: dict[str, Callable[[BinaryIO, Iterable[Incident]], int]] = {
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
    "geojson": write_geojson,
    "jsonl": write_jsonl,
}
"""Writers by format name. Each writes to a binary stream and returns the number of incidents written."""

__all__ = ["FORMATS", "write_csv", "write_geojson", "write_jsonl", "write_parquet", "write_xlsx"]
