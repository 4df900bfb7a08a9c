"""The archive of fetched pages: gzipped WARC files, every record addressed from its article.

A record is on the disk (fsync) before the row that points at it is written. A file is never appended to by a later
process, so that a record torn by a crash stays at the end of its file and harms no other.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Self

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from codebook.errors import ArchiveUnwritable, BadInput, obstacle
from codebook.records import Archived
from crawlers.fetching.fetcher import Fetched

TRANSFER_HEADERS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers that describe the body on the wire. The archived body is decompressed; they are kept under another name,
as web archives do."""

COMPRESSION = 6
"""gzip's own level: 9, which WARC's writer takes, needs twice the time for one byte in a hundred less."""

LEAST_FREE_BYTES = 1_000_000
"""A disk with less space free is full: a page of the largest size may not fit."""


class Archive:
    """Writes records into files of `folder`; a context manager for one thread."""

    def __init__(self, folder: Path, rotate_bytes: int, software: str) -> None:
        self._folder, self._rotate_bytes, self._software = folder, rotate_bytes, software
        self._file: BinaryIO | None = None
        self._path = Path()
        self._serial = 0
        self._records = 0

    def __enter__(self) -> Self:
        """Raises `ArchiveUnwritable` when the folder cannot be made."""
        with self._writing():
            self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def write(self, page: Fetched) -> Archived:
        """Appends the page as a response record and returns where it lies, once it is on the disk.

        Raises:
            ArchiveUnwritable: the disk is full, or the folder is gone; the next page goes into a new file.
        """
        return self.write_all([page])[0]

    def write_all(self, pages: Sequence[Fetched]) -> list[Archived]:
        """Appends pages and returns where each lies, once all are on the disk: as `write`, with one flush."""
        with self._writing():
            written = [self._append(page) for page in pages]
            if self._file is not None:
                _sync(self._file)
            return written

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._abandon()
            what = f"{self._folder}: cannot archive pages: {error.strerror}"
            raise ArchiveUnwritable(f"{what}: make room on its disk, or make it a folder we can write") from error

    def _append(self, page: Fetched) -> Archived:
        file = self._open()
        offset = file.tell()
        writer = WARCWriter(BytesIO(), gzip=False)
        record = writer.create_warc_record(
            page.url,
            "response",
            payload=BytesIO(page.body),
            length=len(page.body),
            http_headers=StatusAndHeaders(f"{page.status} OK", _headers(page), protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": page.at.strftime("%Y-%m-%dT%H:%M:%SZ")},
        )
        writer.write_record(record)
        _append_member(file, writer)
        self._records += 1
        return Archived(
            path=self._path.relative_to(self._folder).as_posix(),
            offset=offset,
            length=file.tell() - offset,
            sha256=hashlib.sha256(page.body).hexdigest(),
        )

    def _open(self) -> BinaryIO:
        if self._file is not None and self._file.tell() >= self._rotate_bytes:
            self._close()
        if self._file is None:
            now = dt.datetime.now(dt.UTC)
            self._serial += 1
            name = f"avmp-{now:%Y%m%dT%H%M%SZ}-{os.getpid()}-{self._serial:05}.warc.gz"
            self._path = self._folder / f"{now:%Y}" / f"{now:%m}" / name
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file, self._records = self._path.open("xb"), 0
            writer = WARCWriter(BytesIO(), gzip=False)
            info = {"software": self._software, "format": "WARC File Format 1.0"}
            writer.write_record(writer.create_warcinfo_record(name, info))
            _append_member(self._file, writer)
            _sync_folder(self._path.parent)
        return self._file

    def _close(self) -> None:
        if self._file is not None:
            _sync(self._file)
            self._file.close()
            self._file = None

    def _abandon(self) -> None:
        """Leaves the file after an error: the record that it tore stays its last. A file without any goes."""
        file, self._file = self._file, None
        if file is None:
            return
        with suppress(OSError):
            file.close()  # tries once more to write what the disk did not take
        if not self._records:
            with suppress(OSError):
                self._path.unlink()


def complaint(folder: Path) -> str | None:
    """Why the archive takes no page now, as far as that can be seen without writing one."""
    if not folder.is_dir():
        return f"{folder} is no folder"
    if not os.access(folder, os.W_OK):
        return f"{folder} cannot be written"
    return f"the disk of {folder} is full" if shutil.disk_usage(folder).free < LEAST_FREE_BYTES else None


def read(folder: Path, archived: Archived) -> Fetched:
    """The page that an article was read from.

    Raises:
        BadInput: the record is not where the article says, or its bytes are not those that were fetched.
    """
    path = folder / archived.path
    remedy = "restore the archive from a copy"
    try:
        with path.open("rb") as file:
            file.seek(archived.offset)
            piece = file.read(archived.length)
    except OSError as error:
        raise BadInput(str(path), "", obstacle(error), remedy) from None
    try:
        record = next(iter(ArchiveIterator(BytesIO(piece))), None)
        if record is None or record.rec_type != "response":
            raise BadInput(str(path), "offset", archived.offset, remedy)
        body = record.content_stream().read()
    except (ArchiveLoadFailed, EOFError, OSError, ValueError, zlib.error):
        raise BadInput(str(path), "offset", archived.offset, remedy) from None
    if hashlib.sha256(body).hexdigest() != archived.sha256:
        raise BadInput(str(path), "sha256", archived.sha256, remedy)
    url = record.rec_headers.get_header("WARC-Target-URI")
    at = dt.datetime.fromisoformat(record.rec_headers.get_header("WARC-Date"))
    status = int(record.http_headers.get_statuscode())
    return Fetched(url, url, status, tuple(record.http_headers.headers), body, at)


def _headers(page: Fetched) -> list[tuple[str, str]]:
    kept = [
        (f"X-Archive-Orig-{name}" if name.lower() in TRANSFER_HEADERS else name, value) for name, value in page.headers
    ]
    return [*kept, ("Content-Length", str(len(page.body)))]


def _append_member(file: BinaryIO, writer: WARCWriter) -> None:
    """Appends what was written, as one gzip member, and hands it to the system, whose disk may be full."""
    file.write(gzip.compress(writer.out.getvalue(), COMPRESSION, mtime=0))
    file.flush()


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes a new file's name durable as well."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
