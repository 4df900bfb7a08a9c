"""The place of a candidate in the queue by the day of its newest report: what is dug out late is not of today."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

PLACE = """
create or replace function place_in_queue() returns trigger language plpgsql as $$
declare
    day date := {day};
begin
    if new.kind = 'new' then  -- an event is not younger than its report, whatever was read
        day := least(day, (new.proposal ->> 'date')::date);
    end if;
    new.incident_type := new.proposal ->> 'incident_type';
    new.turn := -(new.priority + 2 * (1 - new.certainty) + (day - date '2000-01-01'));
    return new;
end $$
"""
"""See `store.schema.queue_place.QueuePlace.turn`."""

CREATED = "(new.created_at at time zone 'UTC')::date"
CREATED_OR_REPORTED = f"least({CREATED}, new.reported)"

REPORTED = """
create function newest_report() returns trigger language plpgsql as $$
begin
    update candidates c set reported = r.day
    from (
        select w.id, max((coalesce(a.published, a.fetched) at time zone 'UTC')::date) as day
        from (
            select old.candidate_id as id where tg_op <> 'INSERT' and old.candidate_id is not null
            union
            select new.candidate_id where tg_op <> 'DELETE' and new.candidate_id is not null
        ) w
        left join mentions m on m.candidate_id = w.id
        left join articles a on a.id = m.article_id
        group by w.id
    ) r
    where c.id = r.id and c.reported is distinct from r.day;
    return null;
end $$
"""

OF_BEFORE = """
update candidates c set reported = r.day
from (
    select m.candidate_id as id, max((coalesce(a.published, a.fetched) at time zone 'UTC')::date) as day
    from mentions m join articles a on a.id = m.article_id
    where m.candidate_id is not null group by m.candidate_id
) r
where c.id = r.id
"""
"""Each of these updates finds the candidate its new place, by the trigger."""


def upgrade() -> None:
    op.add_column("candidates", sa.Column("reported", sa.Date(), nullable=True))
    op.execute(PLACE.format(day=CREATED_OR_REPORTED))
    op.execute(REPORTED)
    op.execute(
        "create trigger mentions_reported after insert or delete or "
        "update of candidate_id, published, read_at on mentions for each row execute function newest_report()"
    )
    op.execute(OF_BEFORE)


def downgrade() -> None:
    op.execute("drop trigger mentions_reported on mentions")
    op.execute("drop function newest_report()")
    op.execute(PLACE.format(day=CREATED))
    op.execute("update candidates set reported = null where reported is not null")  # back to its place of before
    op.drop_column("candidates", "reported")
