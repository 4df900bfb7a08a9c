"""Every way the embedded server cannot be used is one line that names the folder and the remedy."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codebook.errors import EmbeddedServerError
from store.embedded import remove, serve
from tests.store.embedded.programs import AS_NOBODY, keep_row, postmaster, program


@contextmanager
def refused(home: Path) -> Iterator[pytest.ExceptionInfo[EmbeddedServerError]]:
    """The home is refused with one line that names its folder, and no server is left behind."""
    with pytest.raises(EmbeddedServerError) as refusal:
        yield refusal
    assert "\n" not in str(refusal.value)
    assert str((home / "database").resolve()) in str(refusal.value)
    assert postmaster(home) is None


@pytest.fixture
def data(home: Path) -> Path:
    with serve(home):
        return home / "database" / "data"


def test_data_of_another_version(home: Path, data: Path) -> None:
    (data / "PG_VERSION").write_text("16\n")
    with refused(home) as refusal, serve(home):
        pass
    assert "holds data of PostgreSQL 16, and this program runs PostgreSQL 18" in str(refusal.value)
    assert "set AVMP_HOME to a new folder" in str(refusal.value)
    (data / "PG_VERSION").write_text("18\n")
    with serve(home) as url:
        keep_row(url)


@pytest.mark.parametrize("lost", ["PG_VERSION", "global/pg_control", "global"])
def test_damaged_data(home: Path, data: Path, lost: str) -> None:
    (data / lost).rename(data / "lost")
    try:
        with refused(home) as refusal, serve(home):
            pass
    finally:
        (data / "lost").rename(data / lost)
    assert lost.split("/")[-1] in str(refusal.value)
    assert "restore the folder from a backup, or move it away" in str(refusal.value)
    with serve(home) as url:
        keep_row(url)


def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "database").symlink_to("/usr")  # root's, which neither an ordinary user nor ours is
    with refused(tmp_path) as refusal, serve(tmp_path):
        pass
    assert "belongs to user root: run the program as its owner" in str(refusal.value)


def test_a_lost_folder_is_not_silently_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "database").symlink_to(tmp_path / "gone")
    with refused(tmp_path) as refusal, serve(tmp_path):
        pass
    assert "bring it back, or remove" in str(refusal.value)


def test_no_more_room_in_a_file(tmp_path: Path) -> None:
    """A limit on the size of files is a full disk to every program: the kernel refuses the write."""
    home = tmp_path / "limited"
    limit = 1_000_000
    with program(home, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as limited:
        said = limited.said()
    assert said.startswith(f"EmbeddedServerError: {(home / 'database').resolve()}: the disk is full: free some")
    with serve(home) as url:  # with room again, the attempt cut short is no hindrance
        keep_row(url)
    remove(home)


def _may_mount() -> bool:
    status = Path("/proc/self/status").read_text()
    effective = status.partition("CapEff:")[2]
    return bool(int(effective.split()[0], 16) >> 21 & 1)  # CAP_SYS_ADMIN, capabilities(7)


if _may_mount():

    @pytest.fixture
    def small_disk(tmp_path: Path) -> Iterator[Path]:
        disk = tmp_path / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m,mode=0777", "tmpfs", disk], check=True)
        yield disk
        subprocess.run(["umount", disk], check=True)

    def test_a_full_disk(small_disk: Path) -> None:
        home = small_disk / "home"
        with program(home, AS_NOBODY if os.geteuid() == 0 else ()) as full:
            said = full.said()
        assert said.startswith(f"EmbeddedServerError: {home / 'database'}: the disk is full: free some")
        assert not list((home / "database").glob("initialising-*"))  # what it wrote is given back
