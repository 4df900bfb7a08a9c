"""The stable command line of DESIGN: results on standard output, one line for a mistake, status 0 or 1."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from store.database import Database
from store.decisions import approve
from store.embedded import remove
from store.users import add_user
from tests.avmp.conftest import Avmp
from tests.review_ui import seed

COMMANDS = (
    "demo", "run", "crawl", "work", "web", "migrate", "sources", "read", "link", "evaluate", "train", "bench",
    "import", "export", "report", "replay", "deadletters", "trace", "user",
)  # fmt: skip

ARTICLE = {
    "id": "a1",
    "title": "Ranjen muškarac u Novom Pazaru",
    "text": "Muškarac (34) ranjen je sinoć iz pištolja u kafani u Novom Pazaru posle svađe. Osumnjičeni je uhapšen.",
    "published": "2026-09-02",
    "source_jurisdiction": "RS",
}


def _failed(done: subprocess.CompletedProcess[str], *told: str) -> None:
    """Status 1, and one line that names all this."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("avmp: ")
    assert done.stderr.count("\n") == 1, done.stderr
    for word in told:
        assert word in done.stderr


def _wait_for(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_help_names_every_command(avmp: Avmp) -> None:
    shown = avmp("--help").stdout
    for command in COMMANDS:
        assert f" {command} " in shown


def test_what_is_not_built_yet_says_so(avmp: Avmp) -> None:
    _failed(avmp("report", "--period", "2026-Q3"), "report", "not built yet")


def test_articles_are_read_linked_and_printed(avmp: Avmp, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    other = ARTICLE | {
        "id": "a2",
        "title": "Nova biblioteka u Nišu",
        "text": "Gradska biblioteka dobila je nove knjige.",
    }
    file.write_text("\n".join(json.dumps(a) for a in (ARTICLE, ARTICLE | {"id": "a3"}, other)), encoding="utf-8")
    done = avmp("read", str(file))
    read = {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert set(read["a1"]) >= {"id", "lang", "script", "relevance", "relevant", "mentions"}
    assert (read["a1"]["relevant"], read["a2"]["relevant"]) == (True, False)
    (mention,) = read["a1"]["mentions"]
    assert (mention["jurisdiction"], mention["place"], mention["date"]) == ("RS", "Novi Pazar", "2026-09-01")
    assert done.stderr == ""
    linked = [json.loads(line) for line in avmp("link", str(file)).stdout.splitlines()]
    assert [row["id"] for row in linked] == ["a1", "a3"]
    assert linked[0]["candidate"] == linked[1]["candidate"]
    assert all(set(row) == {"id", "mention", "candidate"} for row in linked)


@pytest.mark.parametrize("command", ["read", "link", "evaluate"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", ["articles.jsonl:1"]),
        (b'{"id": "a"}', ["articles.jsonl:1", "give this field"]),
        (b"{", ["write one JSON object"]),
        (b"\xff\xfe", ["articles.jsonl:1: it is no text in UTF-8: give a UTF-8 file of"]),
    ],
)
def test_a_bad_file_of_articles_is_one_line(
    avmp: Avmp, tmp_path: Path, command: str, content: bytes, told: list[str]
) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_bytes(content)
    _failed(avmp(command, str(file)), *told)
    _failed(avmp(command, str(tmp_path / "none.jsonl")), "none.jsonl")


def test_incidents_go_out_and_come_in(avmp: Avmp, tmp_path: Path, database_url: str) -> None:
    database = Database(database_url)
    with database.session() as session:
        add_user(session, "vera", "validator", by="test")
        approve(session, seed.simple(session, "c1").id, version=1, by="vera", facts=seed.DISPUTE)
    database.close()
    assert avmp("export", "--format", "jsonl", "-o", "out.jsonl").returncode == 0
    assert "2025-03-03" in avmp("export", "--jurisdiction", "RS", "--date-from", "2025-01-01").stdout
    assert "2025-03-03" not in avmp("export", "--jurisdiction", "AL").stdout
    done = avmp("import", "out.jsonl", "--as", "vera")
    assert (done.returncode, done.stderr) == (0, "Imported 0 incidents; 1 were there already.\n")
    _failed(avmp("import", "out.jsonl", "--as", "nobody"), "--as", "nobody")
    for option, value in (
        ("--jurisdiction", "GR"),
        ("--date-from", "yesterday"),
        ("--format", "doc"),
        ("--scope", "EU"),
    ):
        _failed(avmp("export", option, value), value)


def test_accounts(avmp: Avmp) -> None:
    assert avmp("user", "add", "ana", "--role", "administrator", stdin="a long password\n").returncode == 0
    _failed(avmp("user", "add", "ana", "--role", "monitor", stdin="a long password\n"), "ana", "taken")
    _failed(avmp("user", "add", "boro", "--role", "king", stdin="a long password\n"), "king", "monitor")
    _failed(avmp("user", "add", "boro", "--role", "monitor", stdin="short\n"), "password", "10")
    _failed(avmp("user", "add", "boro", "--role", "monitor"), "password")
    assert "/enter/" in avmp("user", "link", "ana").stdout
    assert avmp("user", "password", "ana", stdin="another password\n").returncode == 0
    assert avmp("user", "disable", "ana").returncode == 0
    assert avmp("user", "list").stdout == "ana\tadministrator\tclosed\n"
    _failed(avmp("user", "link", "ana"), "ana", "closed")
    _failed(avmp("user", "disable", "nobody"), "nobody")


def test_what_cannot_be_reached_is_one_line(avmp: Avmp) -> None:
    nothing = "postgresql+psycopg2://nobody@127.0.0.1:1/none"
    _failed(avmp("export", AVMP_DATABASE=nothing), "does not answer")
    _failed(avmp("migrate", AVMP_DATABASE=nothing), "does not answer")
    _failed(avmp("deadletters", AVMP_BUS="kafka://127.0.0.1:1"), "Kafka broker does not answer", "127.0.0.1:1")
    _failed(avmp("work", "reed"), "reed", "read, link, publish")
    _failed(avmp("deadletters", "reed"), "reed")


def test_a_database_that_was_not_migrated_is_one_line(avmp: Avmp, empty_database_url: str) -> None:
    _failed(avmp("export", AVMP_DATABASE=empty_database_url), "avmp migrate")
    assert avmp("migrate", AVMP_DATABASE=empty_database_url).returncode == 0
    with create_engine(empty_database_url, poolclass=NullPool).begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    _failed(avmp("export", AVMP_DATABASE=empty_database_url), "9999", "update the program")


def test_beyond_loopback_the_web_needs_an_administrator(avmp: Avmp) -> None:
    _failed(avmp("web", AVMP_WEB__HOST="0.0.0.0", AVMP_WEB__PORT="0"), "administrator", "avmp user add")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("read",), ["Missing argument", "avmp read --help"]),
        (("export", "--fromat", "csv"), ["--fromat", "--format", "avmp export --help"]),
        (("nosuch",), ["nosuch", "avmp --help"]),
        (("deadletters", "--limit", "x"), ["--limit", "avmp deadletters --help"]),
        (("read", "a\udcff.jsonl"), ["\\udcff"]),
    ],
)
def test_misuse_is_one_line(avmp: Avmp, arguments: tuple[str, ...], told: list[str]) -> None:
    _failed(avmp(*arguments), *told)


def test_one_bad_line_does_not_keep_the_others_from_being_read(avmp: Avmp, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    bad = ["null", "{", json.dumps(ARTICLE | {"title": "", "text": " "}), json.dumps(ARTICLE | {"published": "soon"})]
    lines = ["\ufeff" + json.dumps(ARTICLE), *bad, json.dumps(ARTICLE | {"id": "a9", "published": "9999-12-31"})]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for command in ("read", "link"):
        done = avmp(command, str(file))
        assert done.returncode == 1
        assert {json.loads(line)["id"] for line in done.stdout.splitlines()} == {"a1", "a9"}
        assert [line.split(": ")[1] for line in done.stderr.splitlines()] == [f"{file}:{n}" for n in (2, 3, 4, 5)]


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_a_full_disk_is_one_line(avmp: Avmp, format_: str) -> None:
    _failed(avmp("export", "--format", format_, "-o", "/dev/full"), "/dev/full", "free space")


def test_a_demonstration_that_is_stopped_prints_no_final_state(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "avmp", "demo", "--exit-when-idle", "--json"],
        env=os.environ | {"AVMP_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for(lambda: (tmp_path / "demo" / "avmp.toml").exists())
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=60)
    remove(tmp_path / "demo")  # root's database lies outside the home
    assert (process.returncode, out) == (1, "")
    assert err.splitlines()[-1].startswith("avmp: stopped before the last article reached the queue: ")
