"""What is told when the database refuses."""

from __future__ import annotations

import threading

from sqlalchemy import text

from codebook.errors import StoreUnavailable
from store.database import Database


def test_of_two_who_wait_for_each_other_one_is_told_to_try_again(database: Database) -> None:
    with database.session() as session:
        session.execute(text("CREATE TABLE desks (id int PRIMARY KEY, taken int NOT NULL)"))
        session.execute(text("INSERT INTO desks VALUES (1, 0), (2, 0)"))
    each_has_one = threading.Barrier(2)
    told: list[StoreUnavailable] = []

    def take(*desks: int) -> None:
        try:
            with database.session() as session:
                for place, desk in enumerate(desks):
                    session.execute(text("UPDATE desks SET taken = taken + 1 WHERE id = :desk"), {"desk": desk})
                    if place == 0:
                        each_has_one.wait(60)
        except StoreUnavailable as error:
            told.append(error)

    people = [threading.Thread(target=take, args=order) for order in ((1, 2), (2, 1))]
    for one in people:
        one.start()
    for one in people:
        one.join()
    (refused,) = told
    assert "try again" in str(refused)
    assert "does not answer" not in str(refused)
    with database.session() as session:
        assert session.scalars(text("SELECT taken FROM desks ORDER BY id")).all() == [1, 1]
