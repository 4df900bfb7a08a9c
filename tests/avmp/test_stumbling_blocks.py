"""What a new user stumbles over: options that do nothing alone, files and ports that cannot be had, lost links."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from avmp.cli import app
from avmp.settings import load
from avmp.supervisor import answers, listenable
from codebook.errors import AvmpError, BadInput
from review_ui.settings import WebSettings
from store.database import Database
from store.users import redeem

PASSWORD = "a long sentence"

Avmp = Callable[..., Result]


@pytest.fixture
def avmp(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Avmp:
    """Runs one command on a database of the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AVMP_DATABASE", database_url)

    def run(*arguments: str, typed: str = "") -> Result:
        result = CliRunner().invoke(app, arguments, input=typed)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def ana(avmp: Avmp) -> str:
    avmp("user", "add", "ana", "--role", "administrator", typed=f"{PASSWORD}\n")
    return "ana"


def test_a_link_signs_in_once(avmp: Avmp, ana: str, database_url: str) -> None:
    link = avmp("user", "link", ana).stdout.strip()
    assert link.startswith("http://127.0.0.1:8080/enter/")
    with Database(database_url).session() as session:
        token = link.rsplit("/", 1)[1]
        assert redeem(session, token) is not None
        assert redeem(session, token) is None


def test_a_link_beyond_loopback_leaves_the_address_to_the_operator(
    avmp: Avmp, ana: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AVMP_WEB__HOST", "0.0.0.0")
    result = avmp("user", "link", ana)
    assert result.stdout.startswith("/enter/")
    assert "public address" in result.stderr


def test_a_wrong_role_is_told_before_a_password_is_asked_for(avmp: Avmp) -> None:
    with pytest.raises(BadInput, match=r"--role: 'boss': use one of monitor, validator, analyst, administrator"):
        avmp("user", "add", "ana", "--role", "boss")


@pytest.mark.parametrize(
    "arguments",
    [
        ("export",),
        ("import", "incidents.jsonl", "--as", "ana"),
        ("trace", "https://example.rs/1"),
        ("deadletters",),
        ("replay", "extract"),
        ("read", "--print-prompt", "a1"),
        ("user", "list"),
        ("user", "link", "ana"),
        ("user", "disable", "ana"),
        ("user", "password", "ana"),
    ],
)
def test_a_mistaken_home_is_told_and_left_as_it_is(
    avmp: Avmp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    monkeypatch.delenv("AVMP_DATABASE")
    monkeypatch.setenv("AVMP_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(AvmpError, match="elsewhere: there is no database: set AVMP_HOME to the folder of one"):
        avmp(*arguments)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("demo", "--json"), "avmp demo: --json: True: add --exit-when-idle"),
        (("deadletters", "read", "--limit", "3"), "avmp deadletters: --limit: 3: add --requeue"),
        (
            ("export", "-o", "no/such/folder.csv"),
            "avmp export: -o: 'no/such/folder.csv': name a file that can be written (there is no such file or folder)",
        ),
        (
            ("export", "--format", "csv", "-o", "incidents.xlsx"),
            "avmp export: --format csv -o: 'incidents.xlsx': name a file that ends in .csv, or leave --format out",
        ),
        (("export", "-o", "incidents.xls"), "avmp export: -o: 'incidents.xls': give --format, or a file that ends in"),
        (("evaluate", "nope.jsonl"), "nope.jsonl: there is no such file or folder: give a readable UTF-8 file of labe"),
        (("evaluate", "."), ".: it is a folder: give a readable UTF-8 file of labelled articles"),
        (("evaluate", "/dev/null"), "/dev/null: it is empty: give a file of labelled articles, one a line"),
        (("evaluate", "--errors", "/dev/null"), "/dev/null: it is empty: give a file of labelled articles"),
        (("user", "add", "Bad Name", "--role", "monitor"), "user: name: 'Bad Name': use small letters, digits, dots,"),
    ],
)
def test_what_cannot_be_done_is_one_line(avmp: Avmp, arguments: tuple[str, ...], line: str) -> None:
    with pytest.raises(BadInput) as told:
        avmp(*arguments)
    assert str(told.value).startswith(line)
    assert "\n" not in str(told.value)


def test_a_taken_name_is_told_before_a_password_is_asked_for(avmp: Avmp, ana: str) -> None:
    with pytest.raises(BadInput, match=r"name: 'ana': choose another name, this one is taken"):
        avmp("user", "add", ana, "--role", "monitor")


def test_an_export_is_of_the_format_that_the_files_ending_tells(avmp: Avmp, tmp_path: Path) -> None:
    avmp("export", "-o", "incidents.xlsx")
    assert (tmp_path / "incidents.xlsx").read_bytes().startswith(b"PK")
    avmp("export", "-o", "incidents.GeoJSON")
    assert "FeatureCollection" in (tmp_path / "incidents.GeoJSON").read_text()
    avmp("export", "--format", "jsonl", "-o", "incidents.txt")
    assert (tmp_path / "incidents.txt").read_text() == ""


def test_an_export_of_nothing_has_its_header(avmp: Avmp, tmp_path: Path) -> None:
    result = avmp("export", "-o", "incidents.csv")
    assert result.stderr == "Exported 0 incidents.\n"
    assert (tmp_path / "incidents.csv").read_text(encoding="utf-8-sig").startswith("id,revision,date,")


def test_no_dead_letters_is_said(avmp: Avmp) -> None:
    avmp("migrate")
    result = avmp("deadletters")
    assert (result.stdout, result.stderr) == ("", "read: 0 dead letters.\nlink: 0 dead letters.\n")


def test_no_address_is_printed_that_leads_to_another_program(avmp: Avmp, database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        settings = load({"AVMP_WEB__PORT": str(taken)})
        with pytest.raises(AvmpError, match=rf"cannot listen on 127\.0\.0\.1:{taken} .*AVMP_WEB__PORT"):
            listenable(settings, Database(database_url))


def test_port_0_becomes_the_port_that_is_taken(database_url: str) -> None:
    settings = listenable(load({"AVMP_WEB__PORT": "0"}), Database(database_url))
    assert settings.web.port > 0


def test_an_address_is_printed_once_it_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        web = WebSettings(port=server.getsockname()[1])
        assert answers(web)
    assert not answers(web)


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "http://127.0.0.1:81"), ("::1", "http://[::1]:81")])
def test_review_address(host: str, address: str) -> None:
    assert WebSettings(host=host, port=81).address == address


def test_a_port_for_metrics_that_is_taken_is_one_line(avmp: Avmp, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        taken = other.getsockname()[1]
        monkeypatch.setenv("AVMP_METRICS_PORT", str(taken))
        with pytest.raises(BadInput, match=rf"AVMP_METRICS_PORT: metrics_port: {taken}: stop what listens there"):
            avmp("work", "publish")
