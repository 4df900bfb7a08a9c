"""Joining, sharing and leaving the embedded server, and what survives a kill."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from codebook.errors import EmbeddedServerError
from store.embedded import default_home, remove, serve
from tests.databases import connected
from tests.store.embedded.programs import (
    ROOT,
    Program,
    ended,
    keep_row,
    kept_rows,
    postmaster,
    program,
    runs,
    when_reachable,
)


def test_the_first_user_starts_the_server_and_the_last_stops_it(home: Path) -> None:
    with serve(home) as url:
        server = postmaster(home)
        assert runs(server)
        keep_row(url)
        with serve(home) as joined:
            assert joined == url
        assert runs(server)
    assert ended(server)
    with serve(home) as url:
        assert kept_rows(url) >= 1


def test_letters_of_every_script_and_the_extensions(home: Path) -> None:
    with serve(home) as url, connected(url) as server, server.cursor() as cursor:
        for extension in ("pg_trgm", "unaccent"):
            cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        cursor.execute("SELECT lower('ЉУБИЋ ĐORĐE ȘTEFAN'), array_length(show_trgm('Куманово'), 1)")
        assert cursor.fetchall() == [("љубић đorđe ștefan", 9)]
        cursor.execute("SELECT array_agg(w ORDER BY w) FROM unnest(ARRAY['č', 'a', 'Ж', 'Z', 'c']) AS w")
        assert cursor.fetchall() == [(["Z", "a", "c", "č", "Ж"],)]
        for setting, value in {"fsync": "on", "listen_addresses": "", "data_checksums": "on"}.items():
            cursor.execute("SELECT current_setting(%s)", (setting,))
            assert cursor.fetchall() == [(value,)]


def test_another_program_joins_and_the_server_outlives_who_started_it(home: Path) -> None:
    with serve(home) as url:
        server = postmaster(home)
        other = Program(home)
        assert other.said() == url
        assert postmaster(home) == server
    assert runs(server)
    other.leave()
    assert ended(server)


def test_a_killed_server_is_started_again_under_its_users_with_their_data(home: Path) -> None:
    with serve(home) as url:
        keep_row(url)
        before = kept_rows(url)
        killed = postmaster(home)
        assert killed is not None
        killed.kill()
        assert when_reachable(url, kept_rows) == before
        assert postmaster(home) != killed


def test_killing_program_and_server_loses_nothing(home: Path) -> None:
    with program(home) as other:
        url = other.said()
        keep_row(url)
        before = kept_rows(url)
        server = postmaster(home)
        assert server is not None
        other.kill()
        server.kill()
    with serve(home) as url:
        assert kept_rows(url) == before


def test_a_killed_program_leaves_the_server_to_the_next_who_stops_it(home: Path) -> None:
    with program(home) as other:
        other.said()
        server = postmaster(home)
        other.kill()
    assert runs(server)
    with serve(home):
        assert postmaster(home) == server
    assert ended(server)


def test_programs_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    home = tmp_path / "raced"
    for _ in range(3):  # the first round races to initialise, the others to start
        programs = [Program(home) for _ in range(3)]
        said = {other.said() for other in programs}
        server = postmaster(home)
        assert server is not None
        assert len(said) == 1
        keep_row(said.pop())
        for other in programs:
            assert runs(server)
            other.leave()
        assert ended(server)
    with serve(home) as url:
        assert kept_rows(url) == 3
    remove(home)


def test_ctrl_c_ends_the_program_and_not_the_server_of_others(home: Path) -> None:
    with program(home, start_new_session=True, stderr=subprocess.DEVNULL) as first:
        first.said()
        with serve(home) as url:
            os.killpg(first.process.pid, signal.SIGINT)
            first.process.wait()
            keep_row(url)
            server = postmaster(home)
            assert server is not None
            assert os.getsid(server.pid) not in (os.getsid(0), first.process.pid)
    assert ended(server)


def test_the_server_holds_none_of_our_files_open(home: Path) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    with serve(home):
        os.close(writing)
        ended, _, _ = select.select([reading], [], [], 0)
        assert ended == [reading]  # end of file: nobody else can write
    os.close(reading)


def test_a_forked_child_does_not_end_its_parents_use(home: Path) -> None:
    code = (
        "import os, sys, pathlib; from store.embedded import serve; from tests.databases import connected\n"
        "with serve(pathlib.Path(sys.argv[1])) as url:\n"
        "    if os.fork() == 0: sys.exit(0)\n"
        "    os.wait()\n"
        "    with connected(url): print('reached')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    assert ended.stdout == "reached\n"
    assert postmaster(home) is None


def test_a_stale_number_borne_by_another_program_does_not_stop_a_start(home: Path) -> None:
    with serve(home):
        note = home / "database" / "data" / "postmaster.pid"
        lines = note.read_text().split("\n")
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with serve(home) as url:
        keep_row(url)


def test_a_database_in_use_is_not_removed(home: Path) -> None:
    with serve(home) as url:
        with pytest.raises(EmbeddedServerError, match="is in use: stop the programs"):
            remove(home)
        keep_row(url)


def test_the_home_is_named_by_the_environment_or_lies_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AVMP_HOME", raising=False)
    assert default_home() == tmp_path / ".avmp"
    monkeypatch.setenv("AVMP_HOME", str(tmp_path / "elsewhere"))
    assert default_home() == tmp_path / "elsewhere"
