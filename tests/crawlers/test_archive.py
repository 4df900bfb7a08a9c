"""The archive: what was fetched can be read again from where the article says."""

from __future__ import annotations

import datetime as dt
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from codebook.errors import ArchiveUnwritable, BadInput
from crawlers.archive import Archive, read
from crawlers.fetching.fetcher import Fetched

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
    with pytest.raises(BadInput, match="restore the archive"):
        read(tmp_path, second)


def test_changed_bytes_are_noticed(tmp_path: Path) -> None:
    with Archive(tmp_path, 500_000, "test") as archive:
        archived = archive.write(page(1))
    with pytest.raises(BadInput, match="sha256"):
        read(tmp_path, archived.model_copy(update={"sha256": "0" * 64}))
    with pytest.raises(BadInput, match="restore the archive"):
        read(tmp_path, archived.model_copy(update={"path": "missing.warc.gz"}))


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """Lets no file grow past this many bytes, as a disk does that is full there."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_tears_one_record_and_the_next_goes_into_a_new_file(tmp_path: Path) -> None:
    noise = os.urandom(100_000)
    with Archive(tmp_path, 500_000, "test") as archive:
        before = archive.write(page(1))
        with files_end_at(50_000), pytest.raises(ArchiveUnwritable) as raised:
            archive.write(page(2, noise))
        after = archive.write(page(2, noise))
    line = str(raised.value)
    assert line.startswith(f"{tmp_path}: cannot archive pages: File too large: make room on its disk")
    assert "\n" not in line
    assert after.path != before.path
    assert read(tmp_path, before).body == page(1).body
    assert read(tmp_path, after).body == noise


def test_tries_on_a_full_disk_leave_no_files(tmp_path: Path) -> None:
    with Archive(tmp_path, 500_000, "test") as archive:
        with files_end_at(100):
            for number in range(3):
                with pytest.raises(ArchiveUnwritable):
                    archive.write(page(number))
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
        archived = archive.write(page(1))
    assert read(tmp_path, archived).body == page(1).body


def test_a_file_in_the_place_of_the_folder_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("")
    with (
        pytest.raises(ArchiveUnwritable, match=r"/archive: cannot archive pages: File exists: .*make it a folder"),
        Archive(tmp_path / "archive", 500_000, "test"),
    ):
        pass
