"""The instruct stage from the command line: articles and answers of files, prompts, wrong settings."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.avmp.conftest import Avmp
from tests.avmp.model_server import KEY, NO_USE, RIGHT, completion, model_server
from tests.classifiers.instruct.answers import answer, article, said, written


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    file = tmp_path / "articles.jsonl"
    line = {"title": article().title, "text": article().text, "published": "2026-09-03", "source_jurisdiction": "RS"}
    file.write_text("\n".join(json.dumps(line | {"id": id_}) for id_ in ("a", "b")), encoding="utf-8")
    return file


def _lines(done: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in map(json.loads, done.stdout.splitlines())}


def test_articles_of_a_file_are_read_by_the_model_of_the_settings(avmp: Avmp, articles: Path) -> None:
    with model_server(RIGHT, completion("no"), RIGHT) as server:
        done = avmp("read", str(articles), AVMP_INSTRUCT__ADDRESS=server.address, AVMP_INSTRUCT__KEY=KEY)
    read = _lines(done)
    assert (read["a"]["read_by"], read["a"]["fallback"]) == ("instruct", None)
    assert (read["b"]["read_by"], read["b"]["fallback"]) == ("encoder", NO_USE + "no JSON")
    assert done.stderr.splitlines() == [
        "Read by the instruction model: 1 of 2 articles.",
        f"1 not: {NO_USE}no JSON.",
    ]
    assert KEY not in done.stdout + done.stderr


def test_the_exact_prompt_is_printed_for_an_article_of_a_file(avmp: Avmp, articles: Path) -> None:
    done = avmp("read", "--print-prompt", "b", str(articles))
    with model_server(RIGHT) as server:
        avmp("read", str(articles), AVMP_INSTRUCT__ADDRESS=server.address)
    assert json.loads(done.stdout)["messages"] == server.asked[1]["messages"]
    assert json.loads(done.stdout)["schema"] == server.asked[1]["response_format"]["json_schema"]["schema"]
    missing = avmp("read", "--print-prompt", "c", str(articles))
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "'c': give the id of an article of the file" in missing.stderr
    both = avmp("read", "--print-prompt", "b", str(articles), "--answers", str(articles))
    assert (both.returncode, both.stdout) == (1, "")
    assert "give one of them" in both.stderr


def test_the_exact_prompt_is_printed_for_an_article_of_the_database(avmp: Avmp, database_url: str) -> None:
    from store.database import Database
    from tests.review_ui import seed

    database = Database(database_url)
    with database.session() as session:
        stored = seed.report(session, seed.candidate(session, "c1"), "Naslov", "Pucnjava u Nišu.").id
    database.close()
    asked = json.loads(avmp("read", "--print-prompt", stored).stdout)
    assert "Title: Naslov\n\nPucnjava u Nišu." in asked["messages"][1]["content"]
    missing = avmp("read", "--print-prompt", "nothing")
    assert (missing.returncode, missing.stderr.count("\n")) == (1, 1)
    assert "'nothing': give the id of an article of the database, or FILE" in missing.stderr


def test_answers_from_a_file_are_read(avmp: Avmp, articles: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps({"id": "a", "answer": answer(), "model": "x"}), encoding="utf-8")
    done = avmp("read", str(articles), "--answers", str(answers))
    read = _lines(done)
    assert (read["a"]["read_by"], read["a"]["mentions"][0]["place"]) == ("instruct", "Kruševac")
    assert read["b"]["fallback"] == "the answers of the instruction model have none for this article"
    assert "1 of 2" in done.stderr


def test_beside_answers_the_encoder_reads_unless_it_is_off(avmp: Avmp, articles: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps({"id": "a", "answer": answer()}), encoding="utf-8")
    for setting, read_by in (("true", "encoder"), ("false", "linear")):
        read = _lines(avmp("read", str(articles), "--answers", str(answers), AVMP_ENCODER=setting))
        assert (read["a"]["read_by"], read["b"]["read_by"]) == ("instruct", read_by)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"id": "a"}', ["answers.jsonl:1", "answer"]),
        ('{"id": "a", "answer": "x"}\n{"id": "a", "answer": "y"}', ["answers.jsonl", "'a'", "one answer"]),
        ("{", ["answers.jsonl:1"]),
    ],
)
def test_a_bad_file_of_answers_is_one_line(
    avmp: Avmp, articles: Path, tmp_path: Path, content: str, told: list[str]
) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text(content, encoding="utf-8")
    for arguments in (("read", str(articles)), ("evaluate", str(_labelled(tmp_path)))):
        done = avmp(*arguments, "--answers", str(answers))
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert all(word in done.stderr for word in told)


def _labelled(folder: Path) -> Path:
    """The invented article with its labels."""
    incident = {
        "incident_type": "public_dispute", "subtype": None, "date": "2026-09-02", "jurisdiction": "RS",
        "place": "Kruševac", "weapons": ["handgun"], "possession": "illegal", "seizure": None,
        "victims": [{"sex": "male", "age": 34, "outcome": "injured", "relation": "acquaintance"}],
        "perpetrators": [{"sex": "male", "age": None, "status": "arrested"}],
    }  # fmt: skip
    line = {
        "id": "a", "lang": "sr", "script": "Latn", "published": "2026-09-03", "title": article().title,
        "text": article().text, "relevant": True, "reason": None, "event_key": None, "incidents": [incident],
        "source_jurisdiction": "RS",
    }  # fmt: skip
    file = folder / "labelled.jsonl"
    file.write_text(json.dumps(line), encoding="utf-8")
    return file


def test_answers_from_a_file_are_scored(avmp: Avmp, tmp_path: Path) -> None:
    file, answers = _labelled(tmp_path), tmp_path / "answers.jsonl"
    wrong = answer(incident_type=said("suicide", "ranjen je"))
    for made, right in ((answer(), 1.0), (wrong, 0.0)):
        answers.write_text(json.dumps({"id": "a", "answer": written(made)}), encoding="utf-8")
        done = avmp("evaluate", str(file), "--answers", str(answers), "--json")
        scores = json.loads(done.stdout)
        assert scores["overall"]["type"]["value"] == right
        assert scores["overall"]["values_with_evidence"]["value"] == 1.0
        assert scores["reader"].startswith("answers-")
    refused = avmp("evaluate", str(file), "--answers", str(answers), "--update")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "pin floors without --answers" in refused.stderr


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ADDRESS", "localhost:8080", "write http://host:port/v1"),
        ("ADDRESS", f"https://me:{KEY}@host/v1", "the key in a setting of its own"),
        ("ADDRESS", "ftp://host/v1", "write http://host:port/v1"),
        ("ADDRESS", "http://host:x/v1", "write http://host:port/v1"),
        ("TIMEOUT_SECONDS", "0", "timeout_seconds"),
        ("RETRIES", "100", "retries"),
        ("TOKENS_PER_DAY", "-1", "tokens_per_day"),
        ("KYE", KEY, "no such setting; use one of address, key"),
    ],
)
def test_a_wrong_setting_is_one_line_without_the_key(
    avmp: Avmp, articles: Path, name: str, value: str, told: str
) -> None:
    done = avmp("read", str(articles), **{f"AVMP_INSTRUCT__{name}": value})
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert told in done.stderr
    assert KEY not in done.stderr


def test_a_key_in_the_wrong_place_is_not_told(avmp: Avmp, articles: Path) -> None:
    for variable in ("AVMP_INSTRUCT", "AVMP_INSTRUCT_KEY"):
        done = avmp("read", str(articles), **{variable: KEY})
        assert done.returncode == 1
        assert "***" in done.stderr
        assert KEY not in done.stderr
