"""The settings: one TOML file and the environment, which wins.

The file is the one AVMP_SETTINGS names, else `avmp.toml` in the working directory, if there is one. A field is set
in the environment as AVMP_ and its name in capitals (AVMP_DATABASE), a nested one with two underscores
(AVMP_WEB__PORT). An empty value is none, in either: `AVMP_SOURCES=` must not mean the working directory.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from avmp.instruct.settings import InstructSettings
from codebook.errors import BadSettings, Obstacle, obstacle
from codebook.events import remedy_of
from crawlers.settings import CrawlSettings
from review_ui.settings import WebSettings

PREFIX = "AVMP_"
FILE_VARIABLE = "AVMP_SETTINGS"
OWN_VARIABLES = frozenset({FILE_VARIABLE, "AVMP_TEST_KAFKA"})
"""Variables with our prefix that are no settings."""


def _database_address(text: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        make_url(text)
    except (ArgumentError, ValueError):
        scheme = ""
    else:
        scheme = text.partition("://")[0]
    if scheme != "postgresql+psycopg2":
        raise ValueError("write postgresql+psycopg2://user:password@host:port/database")
    return text


def _time_of_day(text: str) -> str:
    clock, _, zone = text.partition(" ")
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", clock) or zone not in available_timezones():
        raise ValueError("write a time and its zone, such as 02:00 Europe/Belgrade")
    return text


_BROKER = r"(\[[0-9a-fA-F:]+\]|[^\s,:/\[\]]+):[0-9]{1,5}"


def _bus_address(text: str) -> str:
    if not re.fullmatch(rf"kafka://{_BROKER}(,{_BROKER})*", text):
        raise ValueError("write kafka://host:port, or kafka://host:port,host:port of several brokers")
    return text


class Settings(BaseModel):
    """What one process needs to know.

    `home` holds what the program keeps on this machine: the embedded database, the archive. `database` is a
    `postgresql+psycopg2://` address and `bus` a `kafka://host:port` one; without them the embedded server and the
    embedded bus are used. `sources` is a folder of registry files in place of the packaged one. Without `encoder` the
    linear stage alone reads: less well, in less memory. `retrain_at` is when `avmp schedule` begins its nightly job.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Annotated[Path, AfterValidator(Path.absolute)] = Path(".avmp")
    database: Annotated[str, AfterValidator(_database_address)] | None = None
    bus: Annotated[str, AfterValidator(_bus_address)] | None = None
    sources: Path | None = None
    encoder: bool = True
    retrain_at: Annotated[str, AfterValidator(_time_of_day)] = "02:00 Europe/Belgrade"
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    crawl: CrawlSettings
    web: WebSettings = WebSettings()
    instruct: InstructSettings = InstructSettings()


DEFAULT_CONTACT = "https://example.org/avmp"
"""Stands in the user agent until an operator sets `crawl.contact`; `avmp crawl` warns about it."""


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: the file cannot be read, or a field is misspelt or has an impossible value.
    """
    file = _file(environment)
    values = _without_empty(_from_file(file)) if file else {}
    for name, value in _from_environment(environment):
        _set(values, name, value)
    crawl = values.setdefault("crawl", {})
    if isinstance(crawl, dict):
        crawl.setdefault("contact", DEFAULT_CONTACT)
        home = values.get("home")
        crawl.setdefault("archive_dir", str(Path(home if isinstance(home, str) else ".avmp") / "archive"))
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise _bad(error, file, environment) from None


def _file(environment: Mapping[str, str]) -> Path | None:
    if named := environment.get(FILE_VARIABLE):
        return Path(named)
    usual = Path("avmp.toml")
    return usual if usual.exists() else None


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(str(file), "", obstacle(error), "name a readable UTF-8 file") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(str(file), "", Obstacle(error), "mend the TOML at that place") from None


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_empty(value) if isinstance(value, dict) else value
        for name, value in values.items()
        if not _is_empty(value)
    }


def _is_empty(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _from_environment(environment: Mapping[str, str]) -> Iterator[tuple[list[str], str]]:
    for variable in sorted(environment):
        if variable.startswith(PREFIX) and variable not in OWN_VARIABLES and not _is_empty(environment[variable]):
            yield variable.removeprefix(PREFIX).lower().split("__"), environment[variable]


def _set(values: dict[str, Any], path: list[str], value: str) -> None:
    for name in path[:-1]:
        section = values.setdefault(name, {})
        if not isinstance(section, dict):  # the file has a value where a section belongs: told when it is validated
            return
        values = section
    values[path[-1]] = value


def _bad(error: ValidationError, file: Path | None, environment: Mapping[str, str]) -> BadSettings:
    first = error.errors()[0]
    names = [str(part) for part in first["loc"]]
    variable = PREFIX + "__".join(names).upper()
    where = variable if variable in environment else str(file or "settings")
    remedy = remedy_of(first)
    if first["type"] == "extra_forbidden":
        remedy = f"no such setting; use one of {', '.join(_known(names[:-1]))}"
    shown = HIDDEN if _may_be_a_key(first["type"], names) else _without_password(first["input"])
    return BadSettings(where, ".".join(names), shown, remedy)


HIDDEN = "***"


def _may_be_a_key(complaint: str, names: list[str]) -> bool:
    """Whether a wrong value may hold the instruction model's key: that of a misspelt setting, too."""
    return complaint == "extra_forbidden" or names in (["instruct"], ["instruct", "key"])


def _without_password(value: object) -> object:
    """A wrong value as an error line may show it: lines end up in logs and tickets."""
    return re.sub(r"(://[^\s:/@]*):[^\s@]*@", r"\1:***@", value) if isinstance(value, str) else value


def _known(section: list[str]) -> list[str]:
    models: dict[str, type[BaseModel]] = {"crawl": CrawlSettings, "web": WebSettings, "instruct": InstructSettings}
    model = models[section[0]] if section else Settings
    return sorted(model.model_fields)
