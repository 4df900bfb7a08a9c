"""The tables of the pages equal what they tell of: settings, keys, columns, filters, formats, roles."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from avmp.settings import PREFIX, load
from codebook.codes import code_list
from codebook.errors import BadSettings
from review_ui.keymap import actions
from store.exports import FORMATS
from store.exports.columns import COLUMNS
from store.imports import MAY_IMPORT
from store.incidents import IncidentQuery
from store.users import DECIDING_ROLES, ROLES
from tests.docs.pages import ROOT, quoted, table

TEMPLATES = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "review_ui/templates").glob("*.html"))


def _values(model: BaseModel, section: str = "") -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in model:
        nested = isinstance(value, BaseModel)
        values |= _values(value, f"{section}{name}.") if nested else {f"{section}{name}": value}
    return values


def _shown(value: Any, here: Path) -> str:
    if value is None:
        return "–"
    if isinstance(value, Path):
        value = str(value.relative_to(here) if value.is_absolute() else value)
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return f"`{value if isinstance(value, str) else json.dumps(value)}`"


@pytest.fixture
def defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every setting as it is where nothing is set."""
    monkeypatch.chdir(tmp_path)
    return _values(load({}))


def test_every_setting_stands_with_its_default(defaults: dict[str, Any], tmp_path: Path) -> None:
    rows = {quoted(row["setting"])[0]: row["default"] for row in table("docs/operator.md", "setting")}
    assert rows == {name: _shown(value, tmp_path) for name, value in defaults.items()}
    assert all(row["meaning"] for row in table("docs/operator.md", "setting"))


def test_every_variable_sets_its_setting(defaults: dict[str, Any], tmp_path: Path) -> None:
    given = {"database": "postgresql+psycopg2://x@y/z", "bus": "kafka://k:1", "sources": "here", "metrics_port": 9000}
    given |= {"instruct.address": "http://127.0.0.1:1/v1", "instruct.key": "a key"}
    given |= {"crawl.browser": "here/chromium"}
    for row in table("docs/operator.md", "setting"):
        (name,) = quoted(row["setting"])
        value = defaults[name] if defaults[name] is not None else given[name]
        variable = PREFIX + name.replace(".", "__").upper()
        if "file only" in row["variable"]:
            with pytest.raises(BadSettings):
                load({variable: str(value)})
            continue
        assert quoted(row["variable"]) == [variable]
        assert _shown(_values(load({variable: str(value)}))[name], tmp_path) == _shown(value, tmp_path)


def test_the_keys_are_those_of_the_application() -> None:
    rows = {quoted(row["key"])[0]: row for row in table("docs/monitor.md", "key")}
    assert set(rows) == {action.key for action in actions().values()}
    for action in actions().values():
        assert set(action.pages) <= {page.strip() for page in rows[action.key]["where"].split(",")}, action


def test_every_key_of_a_template_is_one_that_can_be_changed() -> None:
    assert set(re.findall(r'data-key="(.*?)"', TEMPLATES)) <= {"{{ loop.index }}"}, (
        "use keyed(), for an action of keys.toml"
    )
    pressed = re.findall(r'keyed\("(\w+)"', TEMPLATES) + re.findall(r'call persons\("\w+", "\w+", "(\w+)"', TEMPLATES)
    assert set(pressed) <= set(actions())


def test_the_reasons_of_a_rejection_have_the_keys_that_are_told() -> None:
    (row,) = [row for row in table("docs/monitor.md", "key") if row["key"] == "`r`"]
    assert quoted(row["what it does"]) == ["1", str(len(code_list("rejection_reason").codes))]


def test_the_columns_are_those_of_the_exports() -> None:
    rows = [name for row in table("docs/analyst.md", "column") for name in quoted(row["column"])]
    assert rows == list(COLUMNS)


def test_the_filters_are_those_of_the_page_and_of_the_command() -> None:
    rows = table("docs/analyst.md", "on the page")
    in_address = [name for row in rows for name in quoted(row["in the address"])]
    assert in_address == list(IncidentQuery.model_fields)
    on_command_line = [name for row in rows for name in quoted(row["on the command line"])]
    assert on_command_line == [f"--{name.replace('_', '-')}" for name in in_address]
    labels = re.findall(
        r'<label>\{\{ _\("([^"]+)"\) \}\}\s*<',
        (ROOT / "review_ui/templates/incidents.html").read_text(encoding="utf-8"),
    )
    assert [name for row in rows for name in row["on the page"].split(", ")] == labels[: len(in_address)]


def test_the_formats_are_those_of_the_exports() -> None:
    assert [name for row in table("docs/analyst.md", "format") for name in quoted(row["format"])] == list(FORMATS)


def test_the_roles_do_what_is_told() -> None:
    rows = {role: row for row in table("docs/operator.md", "role") for role in quoted(row["role"])}
    assert set(rows) == set(ROLES)
    for role, row in rows.items():
        assert row["reads"] == "yes"
        assert (row["decides"] == "yes") == (role in DECIDING_ROLES)
        assert (row["answers for an import"] == "yes") == (role in MAY_IMPORT)
