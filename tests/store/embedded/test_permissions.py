"""Who owns what: the database is its account's alone, and nothing above it changes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from store.embedded import remove, serve
from tests.store.embedded.programs import AS_NOBODY, keep_row, kept_rows, postmaster, program


def rights(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """Mode and owners of a folder and all above it."""
    return {
        above: (above.stat().st_mode, above.stat().st_uid, above.stat().st_gid) for above in [folder, *folder.parents]
    }


def test_as_the_present_user(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)  # as /root is: nobody else may pass
    before = rights(closed)
    home = closed / "home"
    with serve(home) as url:
        keep_row(url)
        server = postmaster(home)
        assert server is not None
        assert server.uids().effective != 0
        place = (home / "database").resolve()
        for folder in (place, place / "data", place / "run", place / "log"):
            status = folder.stat()
            assert (stat.S_IMODE(status.st_mode), status.st_uid) == (0o700, server.uids().effective)
        if os.geteuid() == 0:
            above = rights(place.parent)
    assert rights(closed) == before
    if os.geteuid() == 0:
        assert place.parent == Path("/var/lib/avmp")
        with serve(home):
            assert rights(place.parent) == above
    remove(home)
    assert not place.exists()
    assert list(home.iterdir()) == []


def test_as_an_ordinary_user_under_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    """Root runs it as another user; an ordinary user's own run is this case already."""
    above = tmp_path / "a" / ("long" * 30)
    above.mkdir(parents=True)
    if os.geteuid() == 0:
        above.chmod(0o777)
    before = rights(above)
    home = above / "home"
    as_user = AS_NOBODY if os.geteuid() == 0 else ()
    with program(home, as_user) as ordinary:
        url = ordinary.said()
        keep_row(url)
        server = postmaster(home)
        assert server is not None
        assert not (home / "database").is_symlink()
        assert (home / "database" / "data").stat().st_uid == server.uids().effective != 0
        ordinary.kill()
        server.kill()
    with program(home, as_user) as ordinary:
        assert ordinary.said() == url
        assert kept_rows(url) == 1
    assert rights(above) == before
