"""The setting `encoder`: on unless switched off, and who reads follows it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from avmp.readers import configured_reader
from avmp.settings import load
from classifiers.reader import default_reader, linear_reader
from codebook.errors import BadSettings
from tests.avmp.conftest import Avmp
from tests.avmp.test_command_line import ARTICLE


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_both_stages_read_unless_the_encoder_is_switched_off() -> None:
    assert load({}).encoder is True
    assert configured_reader(load({})) is default_reader()
    off = load({"AVMP_ENCODER": "false"})
    assert off.encoder is False
    assert configured_reader(off) is linear_reader()


def test_the_instruct_stage_follows_whichever_stage_reads() -> None:
    address = {"AVMP_INSTRUCT__ADDRESS": "http://127.0.0.1:8080/v1"}
    on, off = (configured_reader(load(address | more)).version for more in ({}, {"AVMP_ENCODER": "false"}))
    assert on.startswith("instruct-")
    assert off.startswith("instruct-")
    assert on.endswith(default_reader().version)
    assert off.endswith(linear_reader().version)
    assert on != off


@pytest.mark.parametrize("value", ["maybe", "2", "no thanks"])
def test_what_is_neither_yes_nor_no_is_one_line(value: str) -> None:
    with pytest.raises(BadSettings, match=r"AVMP_ENCODER") as raised:
        load({"AVMP_ENCODER": value})
    assert "\n" not in str(raised.value)


def test_the_command_line_says_who_read(avmp: Avmp, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(json.dumps(ARTICLE), encoding="utf-8")
    on = json.loads(avmp("read", str(file)).stdout)
    off = json.loads(avmp("read", str(file), AVMP_ENCODER="false").stdout)
    assert (on["read_by"], off["read_by"]) == ("encoder", "linear")
    assert on["relevant"]
    assert off["relevant"]
