"""A person decides while the linker works on the same candidate: the one waits for the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from codebook.errors import Conflict
from codebook.records import Facts
from pipeline.stages import link as link_module
from pipeline.stages.replacement import Touched
from store import decisions
from tests.pipeline.stages.line import KILLED, SHOOTING, Line, article


def during_the_link(line: Line, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> threading.Thread:
    """Begin `act` in a thread of its own when the linker has replaced mentions and not yet committed."""
    begun = threading.Thread(target=act)
    replace = link_module.replace_mentions

    def replace_and_let_act(*arguments: object) -> Touched:
        touched = replace(*arguments)  # type: ignore[arg-type]
        begun.start()
        begun.join(0.5)
        return touched

    monkeypatch.setattr(link_module, "replace_mentions", replace_and_let_act)
    return begun


@pytest.mark.parametrize("report", ["a", "b"], ids=["its report is rewritten", "another report comes"])
def test_an_approval_of_what_the_linker_is_changing_is_a_conflict_or_comes_first(
    line: Line, monkeypatch: pytest.MonkeyPatch, report: str
) -> None:
    line.tell(article("a", SHOOTING))
    seen = line.candidate("open")
    result: list[str] = []

    def approve() -> None:
        try:
            with line.database.session() as session:
                facts = Facts.model_validate(seen.proposal)
                decisions.approve(session, seen.id, version=seen.version, by="ana", facts=facts)
            result.append("approved")
        except Conflict:
            result.append("conflict")

    thread = during_the_link(line, monkeypatch, approve)
    line.tell(article(report, SHOOTING | KILLED, minutes=5, published=article("", minutes=5).fetched))
    thread.join(30)
    assert result in (["approved"], ["conflict"])
    if result == ["approved"]:  # what came after it is an update for a person to see
        update = line.candidate("open")
        assert (update.kind, line.mentions(update)) == ("update", [f"{report}-0"])
    else:  # the person looks again
        again = line.candidate("open")
        assert (again.id, again.version) == (seen.id, seen.version + 1)
        assert again.proposal["victims"][0]["outcome"] == "killed"
