"""`avmp sources` and `avmp crawl` as a user runs them, over the demonstration's outlets."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from avmp.demo.outlets import outlets
from avmp.demo.sites import serve_sites
from avmp.demo.sources import write_registry
from crawlers import registry
from crawlers.check import TIMEOUT_SECONDS
from crawlers.in_words import counted
from crawlers.registry import load
from tests.crawlers.sites import wait_for
from tests.databases import connected

GOOD = """[[source]]
id = "one.rs"
name = "One"
url = "https://one.rs/"
jurisdiction = "RS"
kind = "media"
languages = ["sr"]
feeds = [{ url = "https://one.rs/feed", kind = "rss" }]
verified = true
"""

BAD = {
    "a typo in a key": (GOOD.replace("name =", "nmae ="), "source[one.rs].nmae: 'One': unknown key; write name"),
    "one language without brackets": (
        GOOD.replace('["sr"]', '"sr"'),
        "source[one.rs].languages: 'sr': write a list in square brackets",
    ),
    "a truth in quotes": (
        GOOD.replace("verified = true", 'verified = "yes"'),
        "source[one.rs].verified: 'yes': write true or false, without quotes",
    ),
    "an id that is no domain": (
        GOOD.replace('id = "one.rs"', 'id = "One RS"'),
        "source[One RS].id: 'One RS': write the site's domain in lower case, such as example.rs",
    ),
    "an unknown jurisdiction": (
        GOOD.replace('"RS"', '"SR"'),
        "source[one.rs].jurisdiction: 'SR': not a code of jurisdiction; use one of AL, BA, XK, MD, ME, MK, RS",
    ),
    "a duplicate id": (GOOD + GOOD, "source[one.rs].id: 'one.rs': the source is already in RS.toml: keep one"),
    "no TOML": ("[[source]]\nid = \n", "Invalid value (at line 2, column 6): mend the file there"),
    "no text": ("\xff", "it is no text in UTF-8: mend the file there"),
}


@pytest.fixture(scope="module")
def bases() -> Iterator[list[str]]:
    with serve_sites() as urls:
        yield urls


@dataclass
class Avmp:
    """The command line in a folder of its own, with a settings file."""

    folder: Path
    sources: Path
    crawl: dict[str, Any] = field(default_factory=lambda: {"allow_loopback": True, "min_gap_seconds": 0.02})

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        crawl = {"contact": "desk@example.org", **self.crawl}
        lines = [f"sources = {json.dumps(str(self.sources))}", "[crawl]"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in crawl.items()]
        (self.folder / "avmp.toml").write_text("\n".join(lines))
        return self._started(*arguments, **environment)

    def run_bare(self, *arguments: str) -> tuple[int, str, str]:
        """Without a settings file."""
        process = self._started(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def _started(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [Path(sys.executable).parent / "avmp", *arguments],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture
def avmp(tmp_path: Path, bases: list[str]) -> Avmp:
    write_registry(tmp_path / "sources", bases)
    return Avmp(tmp_path, tmp_path / "sources")


def test_list(avmp: Avmp) -> None:
    status, out, err = avmp.run("sources", "list")
    header, *rows = [line.split("\t") for line in out.splitlines()]
    assert status == 0
    assert header == ["id", "name", "jurisdiction", "kind", "languages", "feeds", "verified", "reach"]
    assert {row[0]: (row[3], row[4]) for row in rows} == {o.id: (o.kind, o.language) for o in outlets()}
    assert {row[2] for row in rows if row[0] == "ibar-lantern"} == {"Kosovo*"}
    assert err.startswith("* References to Kosovo are to be understood in the context of")


def test_check_into_a_pipe_is_one_line_a_feed(avmp: Avmp) -> None:
    status, out, err = avmp.run("sources", "check")
    header, *rows = [line.split("\t") for line in out.splitlines()]
    told = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert status == 0
    assert set(told) == {outlet.id for outlet in outlets()}
    for outlet in outlets():
        assert told[outlet.id]["language"] == outlet.language
        assert told[outlet.id]["status"] != "failed"
        assert int(told[outlet.id]["items"]) > 0
    assert told["vardarski-fener"]["newest"] == ""
    assert told["panonska-cesma"]["newest"].startswith("2026-09-13T")
    assert re.fullmatch(r"All 12 feeds answered: \d+ ok, \d+ warning\n", err), "nothing of Scrapy's own log"


def test_check_says_what_is_wrong_with_each(avmp: Avmp, bases: list[str]) -> None:
    file = avmp.sources / "RS.toml"
    file.write_text(
        file.read_text()
        .replace("/atom.xml", "/no-such-feed")
        .replace("/rss.xml", "/")
        .replace('languages = ["sr"]', 'languages = ["ru"]')
    )
    status, out, _ = avmp.run("sources", "check", "panonska-cesma", "moravski-vidik", "ibar-lantern")
    told = {line.split("\t")[0]: line.split("\t")[-1] for line in out.splitlines()[1:]}
    assert status == 0
    assert told["panonska-cesma"].startswith("HTTP 404: look for the feed's new address; this works: feeds = [")
    assert told["moravski-vidik"].startswith("an HTML page instead of a feed of kind rss; this works: feeds = [")
    assert list(told) == ["panonska-cesma", "moravski-vidik", "ibar-lantern"]


def test_check_of_one_jurisdiction_or_of_what_is_not_verified(avmp: Avmp) -> None:
    file = avmp.sources / "XK.toml"
    file.write_text(file.read_text().replace("verified = true", "verified = false"))
    for options, expected in {
        ("--jurisdiction", "RS"): {o.id for o in outlets() if o.jurisdiction == "RS"},
        ("--jurisdiction", "mk"): {o.id for o in outlets() if o.jurisdiction == "MK"},
        ("--unverified",): {o.id for o in outlets() if o.jurisdiction == "XK"},
        ("--unverified", "--jurisdiction", "RS"): set(),
    }.items():
        status, out, _ = avmp.run("sources", "check", *options)
        assert status == 0
        assert {line.split("\t")[0] for line in out.splitlines()[1:]} == expected
    status, out, err = avmp.run("sources", "check", "--jurisdiction", "SR")
    assert (status, out) == (1, "")
    assert err == "avmp: sources check: --jurisdiction: 'SR': use one of AL, BA, XK, MD, ME, MK, RS\n"


def test_check_prints_only_what_failed_when_asked_to(avmp: Avmp) -> None:
    file = avmp.sources / "RS.toml"
    file.write_text(file.read_text().replace("/atom.xml", "/no-such-feed"))
    status, out, err = avmp.run("sources", "check", "--jurisdiction", "RS", "--failed-only")
    assert status == 0
    assert [line.split("\t")[0] for line in out.splitlines()[1:]] == ["panonska-cesma"]
    assert err.startswith(f"{sum(o.jurisdiction == 'RS' for o in outlets())} feeds: ")


def test_check_says_so_when_nothing_failed(avmp: Avmp) -> None:
    status, out, err = avmp.run("sources", "check", "ibar-lantern", "fletorja-e-bregut", "--failed-only")
    assert (status, out) == (0, "")
    assert re.fullmatch(r"All 2 feeds answered: \d ok, \d warning\n", err)


def test_check_ends_with_1_when_no_source_answers(avmp: Avmp) -> None:
    file = avmp.sources / "RS.toml"
    file.write_text(
        re.sub(r'url = "(http://[0-9.:]+)/[^"]+", kind', r'url = "\1/no-such-feed", kind', file.read_text())
    )
    failing = [o.id for o in outlets() if o.jurisdiction == "RS"]
    status, out, err = avmp.run("sources", "check", *failing)
    assert status == 1
    assert [line.split("\t")[2] for line in out.splitlines()[1:]] == ["failed"] * len(failing)
    assert err.splitlines() == [
        f"{len(failing)} feeds: 0 ok, 0 warning, {len(failing)} failed",
        f"avmp: none of {len(failing)} sources answered: mend what stands beside each feed, and check again",
    ]
    assert avmp.run("sources", "check", *failing, "ibar-lantern")[0] == 0


def test_check_of_no_source_says_so(avmp: Avmp) -> None:
    status, out, err = avmp.run("sources", "check", "--unverified")
    assert (status, out, err) == (0, "", "The registry has no such source: nothing was asked.\n")


def test_check_writes_what_it_reached_into_the_operators_files(avmp: Avmp) -> None:
    file = avmp.sources / "RS.toml"
    text = "# ours\n" + file.read_text().replace("verified = true", "verified = false # not yet")
    file.write_text(text.replace("/atom.xml", "/no-such-feed"))
    status, _, err = avmp.run("sources", "check", "--unverified", "--write")
    assert status == 0
    reached = [source.id for source in load(avmp.sources).sources if source.jurisdiction == "RS" and source.verified]
    assert "moravski-vidik" in reached
    assert "panonska-cesma" not in reached
    assert f"{counted(len(reached), 'source')} newly verified in {avmp.sources}" in err
    assert file.read_text().startswith("# ours\n")
    assert file.read_text().count("verified = true # not yet") == len(reached)


def test_the_packaged_registry_is_copied_and_never_written_to(avmp: Avmp, tmp_path: Path) -> None:
    own = tmp_path / "own"
    bundled = {path.name: path.read_bytes() for path in (Path(registry.__file__).parent / "sources").glob("*.toml")}
    status, out, err = avmp.run_bare("sources", "check", "--write")
    assert (status, out) == (1, "")
    assert "run `avmp sources copy FOLDER` first" in err
    status, out, err = avmp.run_bare("sources", "copy", str(own))
    assert status == 0
    assert sorted(out.split()) == sorted(str(own / name) for name in bundled)
    assert f'set sources = "{own}" in avmp.toml' in err.replace("\n", " ")
    assert {path.name: path.read_bytes() for path in own.iterdir()} == bundled
    status, out, err = avmp.run_bare("sources", "copy", str(own))
    assert (status, out) == (1, "")
    assert err == f"avmp: {own}: 'AL.toml': name another folder: source files are here already\n"
    assert {p.name: p.read_bytes() for p in (Path(registry.__file__).parent / "sources").glob("*.toml")} == bundled


def test_check_of_an_unknown_source_is_one_line(avmp: Avmp) -> None:
    status, out, err = avmp.run("sources", "check", "nobody.rs")
    assert (status, out) == (1, "")
    assert err == "avmp: sources check: ID: 'nobody.rs': name a source that `avmp sources list` shows\n"


@pytest.mark.parametrize(("text", "line"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("command", ["list", "check"])
def test_a_bad_file_is_one_line_and_the_others_go_on(avmp: Avmp, command: str, text: str, line: str) -> None:
    for path in avmp.sources.iterdir():
        if path.name not in ("AL.toml", "RS.toml"):
            path.unlink()
    (avmp.sources / "RS.toml").write_text(text, encoding="latin-1")
    good = text.count("[[source]]") - 1 if text == GOOD + GOOD else 0
    if good:  # the first of the twins is a source, whose address is nobody's
        avmp.crawl["timeout_seconds"] = 5
    status, out, err = avmp.run("sources", command)
    complaints = [one for one in err.splitlines() if one.startswith("avmp: ")]
    assert status == 1
    assert len(complaints) == 1
    assert complaints[0].startswith(f"avmp: {avmp.sources / 'RS.toml'}: ")
    assert line in complaints[0]
    assert [row.split("\t")[0] for row in out.splitlines()[1:]] == ["fletorja-e-bregut"] + ["one.rs"] * good


def test_add_prints_an_entry_that_the_registry_takes(avmp: Avmp, bases: list[str], tmp_path: Path) -> None:
    for path in avmp.sources.iterdir():
        if path.name != "AL.toml":
            path.unlink()
    status, out, err = avmp.run("sources", "add", f"{bases[-1]}/", "--jurisdiction", "MD")
    assert status == 0
    assert str(avmp.sources / "MD.toml") in err
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "MD.toml").write_text(out)
    [source] = load(tmp_path / "new").sources
    assert (source.name, source.languages, source.verified) == ("Пристань-Север", ("ru",), False)
    assert [(feed.url, feed.kind) for feed in source.feeds] == [(f"{bases[-1]}/export/rss.xml", "rss")]


def test_add_finds_a_sitemap_that_only_robots_txt_names(avmp: Avmp, bases: list[str]) -> None:
    (avmp.sources / "XK.toml").unlink()
    by_id = dict(zip((outlet.id for outlet in outlets()), bases, strict=True))
    status, out, _ = avmp.run("sources", "add", by_id["ibar-lantern"], "--jurisdiction", "XK")
    [entry] = tomllib.loads(out)["source"]
    assert status == 0
    assert entry["feeds"] == [{"url": f"{by_id['ibar-lantern']}/news-sitemap.xml", "kind": "sitemap"}]
    assert entry["languages"] == ["en"]


def test_add_refuses_what_is_known_or_no_site(avmp: Avmp, bases: list[str]) -> None:
    known = avmp.run("sources", "add", f"{bases[0]}/", "--jurisdiction", "AL")
    assert known[0] == 1
    assert "it is known as fletorja-e-bregut: try `avmp sources check fletorja-e-bregut`" in known[2]
    (avmp.sources / "AL.toml").unlink()
    for url, told in {
        f"{bases[0]}/feed/": f"that is a feed: name the front page, such as {bases[0]}/",
        f"{bases[0]}/no/such/page": "HTTP 404: name the front page of a site that answers",
        "example.rs": "write an http or https address",
    }.items():
        status, out, err = avmp.run("sources", "add", url, "--jurisdiction", "AL")
        assert (status, out) == (1, "")
        assert err.startswith(f"avmp: sources add: url: '{url}': ")
        assert err.endswith(f"{told}\n")
        assert err.count("\n") == 1
    status, _, err = avmp.run("sources", "add", f"{bases[0]}/", "--jurisdiction", "SR")
    assert (status, err) == (1, "avmp: sources add: --jurisdiction: 'SR': use one of AL, BA, XK, MD, ME, MK, RS\n")


@pytest.mark.parametrize(
    "host", ["127.0.0.11", "localhost", "[::1]", "2130706443", "0x7f.11", "[::ffff:127.0.0.11]", "169.254.169.254"]
)
def test_an_address_inside_is_refused_in_every_spelling(avmp: Avmp, bases: list[str], host: str) -> None:
    avmp.crawl["allow_loopback"] = False
    port = bases[0].rsplit(":", 1)[1]
    (avmp.sources / "AL.toml").unlink()
    status, out, err = avmp.run("sources", "add", f"http://{host}:{port}/", "--jurisdiction", "AL")
    assert (status, out) == (1, "")
    assert "which is not public" in err


def test_check_ends_at_once_on_ctrl_c(avmp: Avmp) -> None:
    with socket.create_server(("127.0.2.90", 0)) as silent:
        file = avmp.sources / "AL.toml"
        port = silent.getsockname()[1]
        file.write_text(file.read_text().replace("127.0.0.11", "127.0.2.90"))
        file.write_text(
            "\n".join(
                f'feeds = [{{ url = "http://127.0.2.90:{port}/feed", kind = "rss" }}]'
                if line.startswith("feeds")
                else line
                for line in file.read_text().splitlines()
            )
        )
        process = avmp.start("sources", "check", "fletorja-e-bregut")
        silent.settimeout(60)
        connection, _ = silent.accept()
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        connection.close()
    assert process.returncode != 0
    assert time.monotonic() - began < TIMEOUT_SECONDS, "it does not wait for the answer"
    assert "Traceback" not in err


def test_check_suspects_the_machine_when_no_name_resolves(avmp: Avmp) -> None:
    for name in ("one", "two"):
        (avmp.sources / f"{name}.toml").write_text(GOOD.replace("one.rs", f"{name}.invalid"))
    for old in avmp.sources.glob("[A-Z][A-Z].toml"):
        old.unlink()
    _, out, err = avmp.run("sources", "check")
    assert out.count("the host name does not resolve") == 2
    assert "look whether this machine is online" in err
    _, _, err = avmp.run("sources", "check", "one.invalid")
    assert "online" not in err


def _await_crawler(database_url: str) -> None:
    """Until a crawler has its place and has polled every feed of the demonstration."""
    with connected(database_url) as server, server.cursor() as cursor:
        polled = "select 1 from feeds having count(*) filter (where last_polled is not null) >= 12"

        def all_are() -> bool:
            cursor.execute(polled)
            return cursor.fetchone() is not None

        wait_for(all_are, seconds=300)


def test_two_crawlers_on_one_database(avmp: Avmp, database_url: str) -> None:
    (avmp.sources / "AL.toml").write_text((avmp.sources / "AL.toml").read_text() + "\n" + GOOD.replace('"RS"', '"SR"'))
    first = avmp.start("crawl", AVMP_DATABASE=database_url)
    _await_crawler(database_url)
    began = time.monotonic()
    status, out, err = avmp.run("crawl", AVMP_DATABASE=database_url)
    took = time.monotonic() - began
    first.terminate()
    _, first_err = first.communicate(timeout=120)
    assert (status, out) == (1, "")
    line = err.splitlines()[-1]
    assert line == "avmp: another crawler is running on this database: stop it, or let it do the work"
    assert "A crawler is running: waiting a moment" in err
    assert "Traceback" not in err
    assert took < 90
    assert first.returncode == 0
    assert "source[one.rs].jurisdiction: 'SR'" in first_err
    assert first_err.splitlines()[-1].startswith("In all: 12 polls, 0 in vain; ")


def test_a_crawl_without_a_source_says_so(avmp: Avmp, database_url: str) -> None:
    for path in avmp.sources.iterdir():
        path.unlink()
    (avmp.sources / "RS.toml").write_text(GOOD.replace("verified = true", ""))
    status, _, err = avmp.run("crawl", AVMP_DATABASE=database_url)
    assert status == 1
    assert err.endswith(
        f"{avmp.sources}: none of its 1 source is verified: `avmp sources check --write` marks those that answer; or use "
        "--all\n"
    )
