"""The archive: what was fetched can be read again from where the article says."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from codebook.errors import BadInput
from crawlers.archive import Archive, read
from crawlers.fetching import Fetched

AT = dt.datetime(2024, 3, 12, 10, 0, tzinfo=dt.UTC)


def page(number: int, body: bytes | None = None) -> Fetched:
    headers = (
        ("Content-Type", "text/html; charset=windows-1251"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "7"),
    )
    url = f"https://example.rs/{number}"
    return Fetched(url, url, 200, headers, body if body is not None else f"стр{number}".encode("cp1251"), AT)


def test_every_record_is_read_back(tmp_path: Path) -> None:
    with Archive(tmp_path, 500_000, "test") as archive:
        written = [(page(n), archive.write(page(n))) for n in range(5)]
    for fetched, archived in written:
        again = read(tmp_path, archived)
        assert (again.url, again.body, again.at, again.status) == (fetched.url, fetched.body, AT, 200)
        assert again.header("content-type") == "text/html; charset=windows-1251"
        assert again.header("content-encoding") is None


def test_files_are_valid_warc_and_rotate(tmp_path: Path) -> None:
    with Archive(tmp_path, 1000, "test") as archive:
        paths = {archive.write(page(n, bytes(range(256)))).path for n in range(6)}
    assert len(paths) > 1
    kinds: list[str] = []
    for path in paths:
        with (tmp_path / path).open("rb") as file:
            kinds += [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    assert kinds.count("response") == 6
    assert kinds.count("warcinfo") == len(paths)


def test_a_torn_tail_harms_no_record(tmp_path: Path) -> None:
    with Archive(tmp_path, 500_000, "test") as archive:
        first, second = archive.write(page(1)), archive.write(page(2))
    path = tmp_path / first.path
    path.write_bytes(path.read_bytes()[: second.offset + second.length // 2])
    assert read(tmp_path, first).body == page(1).body
    with pytest.raises((BadInput, EOFError, gzip.BadGzipFile)):
        read(tmp_path, second)


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    with Archive(tmp_path, 500_000, "test") as archive:
        archived = archive.write(page(1))
    with pytest.raises(BadInput, match="sha256"):
        read(tmp_path, archived.model_copy(update={"sha256": "0" * 64}))
    with pytest.raises(BadInput, match="restore the archive"):
        read(tmp_path, archived.model_copy(update={"path": "missing.warc.gz"}))
