"""Tables of incidents: CSV that opens right in Excel, XLSX, Parquet."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from codebook.records import Incident
from store.exports.columns import COLUMNS, Cell, row

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run as a formula by spreadsheet programs; OWASP's list for CSV injection."""


def write_csv(stream: BinaryIO, incidents: Iterable[Incident]) -> int:
    """UTF-8 with a byte order mark, so that Excel shows č, ë and Cyrillic; text cells cannot become formulas."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    written = 0
    for incident in incidents:
        writer.writerow([_safe(cell) for cell in row(incident)])
        written += 1
    text.detach()
    return written


def write_xlsx(stream: BinaryIO, incidents: Iterable[Incident]) -> int:
    """One sheet with a frozen header and a filter; dates are dates, numbers numbers."""
    whole = io.BytesIO()  # a disk that is full half-way would leave the archive's own object in two minds
    book = xlsxwriter.Workbook(
        whole,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "remove_timezone": True,
        },
    )
    sheet = book.add_worksheet("Incidents")
    bold = book.add_format({"bold": True})
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(0, column, name, bold)
    written = 0
    for written, incident in enumerate(incidents, start=1):
        for column, cell in enumerate(row(incident)):
            if isinstance(cell, dt.datetime):
                sheet.write_datetime(written, column, cell, moment)
            elif isinstance(cell, dt.date):
                sheet.write_datetime(written, column, dt.datetime.combine(cell, dt.time()), date)
            elif cell is not None:
                sheet.write(written, column, cell)
    sheet.autofilter(0, 0, written, len(COLUMNS) - 1)
    book.close()
    stream.write(whole.getvalue())
    return written


def write_parquet(stream: BinaryIO, incidents: Iterable[Incident]) -> int:
    """One row group; a column that holds nothing at all is of type text."""
    rows = [row(incident) for incident in incidents]
    columns = {name: [cells[position] for cells in rows] for position, name in enumerate(COLUMNS)}
    arrays = {name: _array(cells) for name, cells in columns.items()}
    pq.write_table(pa.table(arrays), stream, compression="zstd")
    return len(rows)


def _array(cells: list[Cell]) -> pa.Array:
    return pa.array(cells) if any(cell is not None for cell in cells) else pa.array(cells, pa.string())


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    if isinstance(cell, dt.datetime):
        return cell.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return cell
