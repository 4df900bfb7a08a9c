"""What linking a report asks of the database: as few statements among many reports as among few."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from codebook.records import Article
from pipeline.runner import Outcome
from tests.pipeline.stages.line import ELSEWHERE, SHOOTING, Line, article

UNLIKE = SHOOTING | {"date": "2025-03-02", "victims": [{"sex": "female", "age": 51, "outcome": "killed"}]}
"""An event near another in place and time, and not the same."""


def test_a_report_of_a_new_event_takes_few_statements(line: Line) -> None:
    line.tell(article("a", SHOOTING))
    assert statements(line, article("b", SHOOTING | ELSEWHERE)) <= 12


def test_a_report_of_a_known_event_takes_as_few_among_many_others(line: Line) -> None:
    line.tell(article("a", SHOOTING), article("c", UNLIKE, source_id="two.example"))
    among_few = statements(line, article("b", SHOOTING))
    line.tell(*(article(f"c{n}", UNLIKE, source_id="two.example") for n in range(20)))
    assert statements(line, article("d", SHOOTING)) <= among_few <= 18


def statements(line: Line, report: Article) -> int:
    """How many statements the linking of a report takes."""
    line.crawl(report)
    line.flow("read")
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(line.database.engine, "before_cursor_execute", note)
    try:
        assert line.flow("link") == [("link", Outcome.DONE)]
    finally:
        event.remove(line.database.engine, "before_cursor_execute", note)
    return sum("outbox" not in statement for statement in seen)  # those are the relay's
