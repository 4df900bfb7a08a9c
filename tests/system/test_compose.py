"""The configuration of the distributed form says what the program understands. Docker itself is not needed."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from avmp.cli import app
from avmp.settings import load
from tests.system.compose import FILE, ours, services

FILLED = {"AVMP_DB_PASSWORD": "secret", "AVMP_CONTACT": "https://example.org/contact"}
ENTRYPOINT = re.compile(r'^ENTRYPOINT \["[^"]*avmp"\]$', re.MULTILINE)


def _filled(value: str) -> str:
    return re.sub(r"\$\{(\w+):\?[^}]*\}", lambda variable: FILLED[variable[1]], value)


def test_every_part_of_the_distributed_form_is_there() -> None:
    assert set(ours()) == {"migrate", "crawler", "reader", "linker", "web", "scheduler"}
    assert set(services()) - set(ours()) == {"postgres", "kafka"}
    stages = {
        stage for service in ours().values() for stage in service["command"][1:] if service["command"][0] == "work"
    }
    assert stages == {"read", "link", "publish"}


@pytest.mark.parametrize("name", ours())
def test_the_command_of_a_service_exists(name: str) -> None:
    command, *_ = ours()[name]["command"]
    assert command in get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ours())
def test_the_environment_of_a_service_is_understood(name: str, tmp_path: pytest.TempPathFactory) -> None:
    environment = {key: _filled(value) for key, value in ours()[name]["environment"].items()}
    settings = load(environment)
    assert settings.database == "postgresql+psycopg2://avmp:secret@postgres/avmp"
    assert settings.bus == "kafka://kafka:9092"


def test_what_must_be_set_has_no_default() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert set(re.findall(r"\$\{(\w+)", text)) == set(FILLED)
    assert not re.search(r"\$\{\w+(?!:\?)[^}\w]", text)


def test_services_wait_for_what_they_need() -> None:
    names = set(services())
    for name, service in ours().items():
        needed = service["depends_on"]
        assert set(needed) <= names
        if name == "migrate":
            assert {needed[part]["condition"] for part in ("postgres", "kafka")} == {"service_healthy"}
        else:
            assert needed["migrate"]["condition"] == "service_completed_successfully"
    for part in ("postgres", "kafka"):
        assert "healthcheck" in services()[part]


def test_volumes_and_ports() -> None:
    import yaml

    declared = set(yaml.safe_load(FILE.read_text(encoding="utf-8"))["volumes"])
    used = {volume.split(":")[0] for service in services().values() for volume in service.get("volumes", [])}
    assert used == declared
    published = [port for service in services().values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_readers_find_the_models_that_the_scheduler_makes() -> None:
    mounts = {tuple(ours()[name]["volumes"]) for name in ("reader", "scheduler")}
    home = ours()["reader"]["environment"]["AVMP_HOME"]
    assert mounts == {(f"models:{home}/models",)}
    made = re.search(r"install -d -o avmp (.*?)(?: &&|$)", (FILE.parent / "Dockerfile").read_text(), re.MULTILINE)
    assert made is not None
    assert {home, f"{home}/models"} <= set(made[1].split())  # so that the volume belongs to who writes there


def test_the_image_starts_the_program() -> None:
    assert ENTRYPOINT.search((FILE.parent / "Dockerfile").read_text(encoding="utf-8"))
