"""Settings: the file, the environment that wins, and one clear line for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from avmp.settings import load
from codebook.errors import BadSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "avmp.toml"


def _load(file: Path, text: str, **environment: str) -> object:
    file.write_text(text, encoding="utf-8")
    return load({"AVMP_SETTINGS": str(file)} | environment)


def test_without_file_and_environment_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load({})
    assert (settings.database, settings.bus, settings.web.host) == (None, None, "127.0.0.1")
    assert settings.crawl.archive_dir == Path(".avmp/archive")


def test_the_environment_wins_over_the_file(file: Path) -> None:
    file.write_text("[web]\nport = 1000\nhost = '127.0.0.2'\n[crawl]\nmin_gap_seconds = 2.5\n", encoding="utf-8")
    settings = load({"AVMP_SETTINGS": str(file), "AVMP_WEB__PORT": "2000", "AVMP_CRAWL__CONTACT": "a@b.example"})
    assert (settings.web.port, settings.web.host) == (2000, "127.0.0.2")
    assert (settings.crawl.min_gap_seconds, settings.crawl.contact) == (2.5, "a@b.example")


def test_the_archive_lies_in_the_home(file: Path) -> None:
    file.write_text("home = 'elsewhere'\n", encoding="utf-8")
    assert load({"AVMP_SETTINGS": str(file)}).crawl.archive_dir == Path("elsewhere/archive")


@pytest.mark.parametrize(
    ("text", "environment", "told"),
    [
        ("databse = 'x'", {}, ["avmp.toml", "databse", "no such setting", "database"]),
        ("[web]\nprot = 80", {}, ["avmp.toml", "web.prot", "host, port"]),
        ("[crawl]\nmin_gap = 1", {}, ["crawl.min_gap", "min_gap_seconds"]),
        ("[web]\nport = 'eighty'", {}, ["web.port", "eighty"]),
        ("[web]\nport = 80000", {}, ["web.port", "80000"]),
        ("database = 'postgres://x'", {}, ["database", "postgres://x", "postgresql"]),
        ("bus = 'localhost:9092'", {}, ["bus", "localhost:9092", "kafka://"]),
        ("[crawl]\ncontact = 'me'", {}, ["crawl.contact", "me", "write a web or e-mail address, such as"]),
        ("[crawl]\nuser_agent = 'my crawler'", {}, ["crawl.user_agent", "write one word"]),
        ("web = 3", {}, ["web", "3"]),
        ("[web", {}, ["avmp.toml", "mend the TOML"]),
        ("", {"AVMP_DATABSE": "x"}, ["AVMP_DATABSE", "databse", "no such setting"]),
        ("", {"AVMP_WEB__PORT": "x"}, ["AVMP_WEB__PORT", "x"]),
        ("", {"AVMP_WEB": "x"}, ["web", "x"]),
        ("home = 3", {}, ["home", "3"]),
        ("", {"AVMP_HOME__X": "a"}, ["home", "a"]),
        ("", {"AVMP_DATABASE": "postgresql+psycopg2://h:port/d"}, ["AVMP_DATABASE", "write postgresql+psycopg2://"]),
        ("", {"AVMP_BUS": "kafka://"}, ["AVMP_BUS", "write kafka://host:port"]),
        ("", {"AVMP_BUS": "kafka://h:x"}, ["AVMP_BUS", "write kafka://host:port"]),
        ("crawl = 3", {"AVMP_CRAWL__CONTACT": "a@b.example"}, ["crawl"]),
    ],
)
def test_a_mistake_is_one_line_that_names_where_what_and_the_remedy(
    file: Path, text: str, environment: dict[str, str], told: list[str]
) -> None:
    with pytest.raises(BadSettings) as raised:
        _load(file, text, **environment)
    line = str(raised.value)
    assert "\n" not in line
    for word in told:
        assert word in line


def test_a_named_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"none\.toml"):
        load({"AVMP_SETTINGS": str(tmp_path / "none.toml")})


@pytest.mark.parametrize("name", ["sources", "home", "database", "bus", "crawl.archive_dir", "crawl.contact"])
def test_an_empty_value_is_none(file: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    section, _, field = name.rpartition(".")
    head = f"[{section}]\n" if section else ""
    unset = _load(file, "")
    assert _load(file, f"{head}{field} = ''") == unset
    assert _load(file, "", **{f"AVMP_{name.replace('.', '__').upper()}": " "}) == unset


def test_an_empty_variable_leaves_the_files_value(file: Path) -> None:
    file.write_text("sources = 'ours'\n", encoding="utf-8")
    assert load({"AVMP_SETTINGS": str(file), "AVMP_SOURCES": ""}).sources == Path("ours")


@pytest.mark.parametrize("address", ["kafka://a:1", "kafka://a.example:9092,b:9093", "kafka://[::1]:9092"])
def test_brokers_are_named_by_host_and_port(file: Path, address: str) -> None:
    file.write_text(f"bus = '{address}'", encoding="utf-8")
    assert load({"AVMP_SETTINGS": str(file)}).bus == address


def test_a_password_is_not_told_with_the_mistake(file: Path) -> None:
    with pytest.raises(BadSettings) as raised:
        _load(file, "", AVMP_DATABASE="postgres://avmp:geheim@host/avmp")
    assert "geheim" not in str(raised.value)
    assert "postgres://avmp:***@host/avmp" in str(raised.value)
