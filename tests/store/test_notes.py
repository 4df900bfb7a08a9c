"""Notes beside an item."""

from __future__ import annotations

import pytest

from codebook.errors import StoreError
from store import notes
from store.database import Database


def test_a_note_on_an_item_that_is_not_there_is_refused_in_one_line(database: Database) -> None:
    line = r"^there is no candidate c9: go back to the queue$"
    with pytest.raises(StoreError, match=line), database.session() as session:
        notes.write(session, "c9", "ana", "The mayor denies it.")
