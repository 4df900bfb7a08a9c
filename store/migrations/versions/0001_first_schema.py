"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

CODE_LISTS = (
    "age_band",
    "date_precision",
    "geo_precision",
    "incident_type",
    "irrelevance_reason",
    "jurisdiction",
    "outcome",
    "place_type",
    "possession",
    "rejection_reason",
    "relation",
    "role",
    "seizure_where",
    "sex",
    "source_kind",
    "status",
    "time_of_day",
    "weapon",
)
"""The code lists without parents, one table each."""


def upgrade() -> None:
    op.execute("create schema if not exists bus")
    op.execute("create extension if not exists pg_trgm")
    op.execute("create extension if not exists unaccent")
    op.create_table(
        "audit_trail",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_trail")),
    )
    op.create_index(op.f("ix_audit_trail_subject_id"), "audit_trail", ["subject_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("topic", "partition", "offset", name=op.f("pk_messages")),
        schema="bus",
    )
    op.create_index(
        "ix_messages_topic_partition_at", "messages", ["topic", "partition", "at"], unique=False, schema="bus"
    )
    op.create_table(
        "topics",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("compacted", sa.Boolean(), nullable=False),
        sa.Column("retention", sa.Interval(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_topics")),
        schema="bus",
    )
    for name in CODE_LISTS:
        op.create_table(
            f"code_{name}",
            sa.Column("code", sa.Text(), nullable=False),
            sa.Column("position", sa.Integer(), nullable=False),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("definition", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("code", name=f"pk_code_{name}"),
        )
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_ins")),
    )
    op.create_index("ix_failed_sign_ins_subject_at", "failed_sign_ins", ["subject", "at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("published_at is null and refused is null"),
    )
    op.create_table(
        "processed_events",
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("outcome in ('done', 'filtered')", name=op.f("ck_processed_events_outcome")),
        sa.PrimaryKeyConstraint("stage", "event_id", name=op.f("pk_processed_events")),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'", name=op.f("ck_users_name")),
        sa.CheckConstraint("role in ('monitor', 'validator', 'analyst', 'administrator')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_table(
        "partitions",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tail", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("0 <= tail and tail <= head", name=op.f("ck_partitions_offsets")),
        sa.ForeignKeyConstraint(["topic"], ["bus.topics.name"], name=op.f("fk_partitions_topic")),
        sa.PrimaryKeyConstraint("topic", "number", name=op.f("pk_partitions")),
        schema="bus",
    )
    op.create_table(
        "code_subtype",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["code_incident_type.code"], name=op.f("fk_code_subtype_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_code_subtype")),
        sa.UniqueConstraint("parent", "code", name=op.f("uq_code_subtype_parent_code")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("csrf_token", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('session', 'link')", name=op.f("ck_sign_ins_kind")),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name=op.f("fk_sign_ins_user_name")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_user_name"), "sign_ins", ["user_name"], unique=False)
    op.create_table(
        "sources",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["jurisdiction"], ["code_jurisdiction.code"], name=op.f("fk_sources_jurisdiction")),
        sa.ForeignKeyConstraint(["kind"], ["code_source_kind.code"], name=op.f("fk_sources_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
    )
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("source_jurisdiction", sa.Text(), nullable=True),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_truncated", sa.Boolean(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("script", sa.Text(), nullable=True),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_from", sa.Text(), nullable=True),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("archive_path", sa.Text(), nullable=True),
        sa.Column("archive_offset", sa.Integer(), nullable=True),
        sa.Column("archive_length", sa.Integer(), nullable=True),
        sa.Column("archive_sha256", sa.Text(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_hash", sa.Text(), nullable=True),
        sa.Column("reader_version", sa.Text(), nullable=True),
        sa.Column("relevance", sa.Double(), nullable=True),
        sa.Column("relevant", sa.Boolean(), nullable=True),
        sa.Column("irrelevance_reason", sa.Text(), nullable=True),
        sa.Column("read_jurisdictions", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.CheckConstraint(
            "published_from in ('page', 'feed', 'url', 'fetch')", name=op.f("ck_articles_published_from")
        ),
        sa.CheckConstraint("script in ('Latn', 'Cyrl')", name=op.f("ck_articles_script")),
        sa.ForeignKeyConstraint(
            ["irrelevance_reason"], ["code_irrelevance_reason.code"], name=op.f("fk_articles_irrelevance_reason")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_articles_source_id")),
        sa.ForeignKeyConstraint(
            ["source_jurisdiction"], ["code_jurisdiction.code"], name=op.f("fk_articles_source_jurisdiction")
        ),
        sa.ForeignKeyConstraint(["source_kind"], ["code_source_kind.code"], name=op.f("fk_articles_source_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_guid", "articles", ["source_id", "guid"], unique=False)
    op.create_index(op.f("ix_articles_published"), "articles", ["published"], unique=False)
    op.create_index(op.f("ix_articles_relevant"), "articles", ["relevant"], unique=False)
    op.create_index(op.f("ix_articles_source_id"), "articles", ["source_id"], unique=False)
    op.create_table(
        "group_offsets",
        sa.Column("consumer_group", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic", "partition"],
            ["bus.partitions.topic", "bus.partitions.number"],
            name=op.f("fk_group_offsets_topic_partition"),
        ),
        sa.PrimaryKeyConstraint("consumer_group", "topic", "partition", name=op.f("pk_group_offsets")),
        schema="bus",
    )
    op.create_table(
        "feeds",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("body_hash", sa.Text(), nullable=True),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column("last_polled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_new_item", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_poll", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Double(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("kind in ('rss', 'atom', 'sitemap', 'section')", name=op.f("ck_feeds_kind")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_feeds_source_id")),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_feeds")),
    )
    op.create_index(op.f("ix_feeds_next_poll"), "feeds", ["next_poll"], unique=False)
    op.create_index(op.f("ix_feeds_source_id"), "feeds", ["source_id"], unique=False)
    op.create_table(
        "fetch_outcomes",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "outcome in ('fetched', 'failed', 'refused', 'unusable')", name=op.f("ck_fetch_outcomes_outcome")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_fetch_outcomes_source_id")),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_fetch_outcomes")),
    )
    op.create_index(op.f("ix_fetch_outcomes_source_id"), "fetch_outcomes", ["source_id"], unique=False)
    op.create_table(
        "incidents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("incident_type", sa.Text(), nullable=False),
        sa.Column("subtype", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("date_precision", sa.Text(), nullable=False),
        sa.Column("time_of_day", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("place_id", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("geo_precision", sa.Integer(), nullable=False),
        sa.Column("place_type", sa.Text(), nullable=False),
        sa.Column("possession", sa.Text(), nullable=False),
        sa.Column("source_count", sa.Integer(), nullable=False),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(date is null) = (date_precision = 'unknown')", name=op.f("ck_incidents_date_has_precision")
        ),
        sa.CheckConstraint("state in ('approved', 'withdrawn')", name=op.f("ck_incidents_state")),
        sa.CheckConstraint("geo_precision between 1 and 3", name=op.f("ck_incidents_geo_precision")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_incidents_revision")),
        sa.ForeignKeyConstraint(["approved_by"], ["users.name"], name=op.f("fk_incidents_approved_by")),
        sa.ForeignKeyConstraint(
            ["date_precision"], ["code_date_precision.code"], name=op.f("fk_incidents_date_precision")
        ),
        sa.ForeignKeyConstraint(
            ["incident_type", "subtype"],
            ["code_subtype.parent", "code_subtype.code"],
            name=op.f("fk_incidents_incident_type_subtype"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_type"], ["code_incident_type.code"], name=op.f("fk_incidents_incident_type")
        ),
        sa.ForeignKeyConstraint(["jurisdiction"], ["code_jurisdiction.code"], name=op.f("fk_incidents_jurisdiction")),
        sa.ForeignKeyConstraint(["place_type"], ["code_place_type.code"], name=op.f("fk_incidents_place_type")),
        sa.ForeignKeyConstraint(["possession"], ["code_possession.code"], name=op.f("fk_incidents_possession")),
        sa.ForeignKeyConstraint(["time_of_day"], ["code_time_of_day.code"], name=op.f("fk_incidents_time_of_day")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_date_id", "incidents", ["date", "id"], unique=False)
    op.create_index(op.f("ix_incidents_incident_type"), "incidents", ["incident_type"], unique=False)
    op.create_index(op.f("ix_incidents_jurisdiction"), "incidents", ["jurisdiction"], unique=False)
    op.create_table(
        "pending_items",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("feed_url", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("published", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_pending_items_source_id")),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_pending_items")),
    )
    op.create_index("ix_pending_items_due", "pending_items", ["host", "due_at"], unique=False)
    op.create_index(op.f("ix_pending_items_source_id"), "pending_items", ["source_id"], unique=False)
    op.create_table(
        "article_versions",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("fetched", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_article_versions_article_id")),
        sa.PrimaryKeyConstraint("article_id", "content_hash", name=op.f("pk_article_versions")),
    )
    op.create_table(
        "candidates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=True),
        sa.Column("proposal", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection_reason", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'update') <= (incident_id is not null)", name=op.f("ck_candidates_update_has_incident")
        ),
        sa.CheckConstraint(
            "(state = 'rejected') <= (rejection_reason is not null)", name=op.f("ck_candidates_rejection_has_reason")
        ),
        sa.CheckConstraint(
            "(state in ('approved', 'rejected')) = (decided_by is not null and decided_at is not null)",
            name=op.f("ck_candidates_decision_has_a_person"),
        ),
        sa.CheckConstraint("kind in ('new', 'update')", name=op.f("ck_candidates_kind")),
        sa.CheckConstraint("state in ('open', 'approved', 'rejected', 'superseded')", name=op.f("ck_candidates_state")),
        sa.CheckConstraint("(lease_owner is null) = (lease_until is null)", name=op.f("ck_candidates_lease")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.name"], name=op.f("fk_candidates_decided_by")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_candidates_incident_id")),
        sa.ForeignKeyConstraint(["jurisdiction"], ["code_jurisdiction.code"], name=op.f("fk_candidates_jurisdiction")),
        sa.ForeignKeyConstraint(["lease_owner"], ["users.name"], name=op.f("fk_candidates_lease_owner")),
        sa.ForeignKeyConstraint(
            ["rejection_reason"], ["code_rejection_reason.code"], name=op.f("fk_candidates_rejection_reason")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
    )
    op.create_index(op.f("ix_candidates_incident_id"), "candidates", ["incident_id"], unique=False)
    op.create_index(op.f("ix_candidates_jurisdiction"), "candidates", ["jurisdiction"], unique=False)
    op.create_index("ix_candidates_queue", "candidates", ["state", "priority", "id"], unique=False)
    op.create_table(
        "incident_articles",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_incident_articles_article_id")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_articles_incident_id")),
        sa.PrimaryKeyConstraint("incident_id", "article_id", name=op.f("pk_incident_articles")),
    )
    op.create_index(op.f("ix_incident_articles_article_id"), "incident_articles", ["article_id"], unique=False)
    op.create_table(
        "incident_persons",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("relation", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(role = 'victim') = (outcome is not null and relation is not null and status is null)",
            name=op.f("ck_incident_persons_victim"),
        ),
        sa.CheckConstraint(
            "role = 'victim' or (status is not null and outcome is null and relation is null)",
            name=op.f("ck_incident_persons_perpetrator"),
        ),
        sa.CheckConstraint("age between 0 and 120", name=op.f("ck_incident_persons_age")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_persons_incident_id")),
        sa.ForeignKeyConstraint(["outcome"], ["code_outcome.code"], name=op.f("fk_incident_persons_outcome")),
        sa.ForeignKeyConstraint(["relation"], ["code_relation.code"], name=op.f("fk_incident_persons_relation")),
        sa.ForeignKeyConstraint(["role"], ["code_role.code"], name=op.f("fk_incident_persons_role")),
        sa.ForeignKeyConstraint(["sex"], ["code_sex.code"], name=op.f("fk_incident_persons_sex")),
        sa.ForeignKeyConstraint(["status"], ["code_status.code"], name=op.f("fk_incident_persons_status")),
        sa.PrimaryKeyConstraint("incident_id", "position", name=op.f("pk_incident_persons")),
    )
    op.create_table(
        "incident_seizures",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("firearms", sa.Integer(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=True),
        sa.Column("explosives", sa.Integer(), nullable=True),
        sa.Column("where", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "firearms >= 0 and rounds >= 0 and explosives >= 0", name=op.f("ck_incident_seizures_counts")
        ),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_seizures_incident_id")),
        sa.ForeignKeyConstraint(["where"], ["code_seizure_where.code"], name=op.f("fk_incident_seizures_where")),
        sa.PrimaryKeyConstraint("incident_id", name=op.f("pk_incident_seizures")),
    )
    op.create_table(
        "incident_weapons",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("weapon", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_incident_weapons_incident_id")),
        sa.ForeignKeyConstraint(["weapon"], ["code_weapon.code"], name=op.f("fk_incident_weapons_weapon")),
        sa.PrimaryKeyConstraint("incident_id", "position", name=op.f("pk_incident_weapons")),
        sa.UniqueConstraint("incident_id", "weapon", name=op.f("uq_incident_weapons_incident_id_weapon")),
    )
    op.create_table(
        "revisions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.name"], name=op.f("fk_revisions_by")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_revisions_incident_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("incident_id", "number", name=op.f("uq_revisions_incident_id_number")),
    )
    op.create_table(
        "mentions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("reader_version", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=True),
        sa.Column("incident_type", sa.Text(), nullable=False),
        sa.Column("subtype", sa.Text(), nullable=True),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("confidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("candidate_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_mentions_article_id")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=op.f("fk_mentions_candidate_id")),
        sa.ForeignKeyConstraint(
            ["incident_type", "subtype"],
            ["code_subtype.parent", "code_subtype.code"],
            name=op.f("fk_mentions_incident_type_subtype"),
        ),
        sa.ForeignKeyConstraint(["incident_type"], ["code_incident_type.code"], name=op.f("fk_mentions_incident_type")),
        sa.ForeignKeyConstraint(["jurisdiction"], ["code_jurisdiction.code"], name=op.f("fk_mentions_jurisdiction")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("article_id", "position", name=op.f("uq_mentions_article_id_position")),
    )
    op.create_index(op.f("ix_mentions_candidate_id"), "mentions", ["candidate_id"], unique=False)
    op.create_index("ix_mentions_jurisdiction_date", "mentions", ["jurisdiction", "date"], unique=False)
    op.execute(
        "create function refuse_audit_change() returns trigger language plpgsql as $$ "
        "begin raise exception 'the audit trail is append-only'; end $$"
    )
    op.execute(
        "create trigger audit_trail_append_only before update or delete or truncate on audit_trail "
        "for each statement execute function refuse_audit_change()"
    )


def downgrade() -> None:
    op.drop_index("ix_mentions_jurisdiction_date", table_name="mentions")
    op.drop_index(op.f("ix_mentions_candidate_id"), table_name="mentions")
    op.drop_table("mentions")
    op.drop_table("revisions")
    op.drop_table("incident_weapons")
    op.drop_table("incident_seizures")
    op.drop_table("incident_persons")
    op.drop_index(op.f("ix_incident_articles_article_id"), table_name="incident_articles")
    op.drop_table("incident_articles")
    op.drop_index("ix_candidates_queue", table_name="candidates")
    op.drop_index(op.f("ix_candidates_jurisdiction"), table_name="candidates")
    op.drop_index(op.f("ix_candidates_incident_id"), table_name="candidates")
    op.drop_table("candidates")
    op.drop_table("article_versions")
    op.drop_index(op.f("ix_pending_items_source_id"), table_name="pending_items")
    op.drop_index("ix_pending_items_due", table_name="pending_items")
    op.drop_table("pending_items")
    op.drop_index(op.f("ix_incidents_jurisdiction"), table_name="incidents")
    op.drop_index(op.f("ix_incidents_incident_type"), table_name="incidents")
    op.drop_index("ix_incidents_date_id", table_name="incidents")
    op.drop_table("incidents")
    op.drop_index(op.f("ix_fetch_outcomes_source_id"), table_name="fetch_outcomes")
    op.drop_table("fetch_outcomes")
    op.drop_index(op.f("ix_feeds_source_id"), table_name="feeds")
    op.drop_index(op.f("ix_feeds_next_poll"), table_name="feeds")
    op.drop_table("feeds")
    op.drop_table("group_offsets", schema="bus")
    op.drop_index(op.f("ix_articles_source_id"), table_name="articles")
    op.drop_index(op.f("ix_articles_relevant"), table_name="articles")
    op.drop_index(op.f("ix_articles_published"), table_name="articles")
    op.drop_index("ix_articles_guid", table_name="articles")
    op.drop_table("articles")
    op.drop_table("sources")
    op.drop_index(op.f("ix_sign_ins_user_name"), table_name="sign_ins")
    op.drop_table("sign_ins")
    op.drop_table("code_subtype")
    op.drop_table("partitions", schema="bus")
    op.drop_table("users")
    op.drop_table("processed_events")
    op.drop_index(
        "ix_outbox_waiting", table_name="outbox", postgresql_where=sa.text("published_at is null and refused is null")
    )
    op.drop_table("outbox")
    op.drop_index("ix_failed_sign_ins_subject_at", table_name="failed_sign_ins")
    op.drop_table("failed_sign_ins")
    op.drop_table("topics", schema="bus")
    op.drop_index("ix_messages_topic_partition_at", table_name="messages", schema="bus")
    op.drop_table("messages", schema="bus")
    op.drop_index(op.f("ix_audit_trail_subject_id"), table_name="audit_trail")
    op.drop_table("audit_trail")
    for name in reversed(CODE_LISTS):
        op.drop_table(f"code_{name}")
    op.execute("drop function refuse_audit_change()")
    op.execute("drop schema if exists bus")
