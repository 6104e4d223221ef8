# ruff: noqa: E501  conditions stand on one line, as the database has them
"""Billing by itself: plans, periods, invoices with lines, collection by policy, cards, messages, jobs."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_tables()
    _give_classes_policies()
    _give_subscriptions_plans()
    _widen_kinds()
    _extend_customers_and_dids()
    recreate(op.get_bind())


def _make_tables() -> None:
    op.create_table(
        "bank_operations",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("operation", sa.String(length=20), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_bank_operations")),
    )
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ahead_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_clock")),
    )
    op.create_table(
        "holidays",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holidays")),
        sa.UniqueConstraint("day", name=op.f("uq_holidays_day")),
    )
    op.create_table(
        "invoice_series",
        sa.Column("scope", sa.String(length=60), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_invoice_series")),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("as_of", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "running",
                "done",
                "failed",
                "stopped",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index("ix_job_runs_name", ["name", "started_at"], unique=False)

    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("holder", sa.String(length=120), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "subscription_plans",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("public_name", sa.String(length=120), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("fee", Amount(), nullable=False),
        sa.Column(
            "charge_model",
            sa.Enum(
                "in_advance",
                "progressively",
                "at_the_end",
                name="chargemodel",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "activation",
            sa.Enum(
                "on_start", "on_first_use", name="activation", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("charge_while_suspended", sa.Boolean(), nullable=False),
        sa.Column("credit_suspended", sa.Boolean(), nullable=False),
        sa.Column("credit_blocked", sa.Boolean(), nullable=False),
        sa.Column("credit_no_funds", sa.Boolean(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_subscription_plans_fee_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_plans")),
        sa.UniqueConstraint("name_key", name=op.f("uq_subscription_plans_name_key")),
    )
    op.create_table(
        "webhooks",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=400), nullable=False),
        sa.Column("secret", sa.String(length=120), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "job_troubles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("traceback", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_job_troubles_customer_id_customers")),
        sa.ForeignKeyConstraint(["run_id"], ["job_runs.id"], name=op.f("fk_job_troubles_run_id_job_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_troubles")),
    )
    with op.batch_alter_table("job_troubles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_troubles_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_troubles_run_id"), ["run_id"], unique=False)

    op.create_table(
        "payment_methods",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=80), nullable=False),
        sa.Column("brand", sa.String(length=20), nullable=False),
        sa.Column("last_four", sa.String(length=4), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_payment_methods_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_methods")),
        sa.UniqueConstraint("token", name=op.f("uq_payment_methods_token")),
    )
    with op.batch_alter_table("payment_methods", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_methods_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "promises",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("received", Amount(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "kept",
                "broken",
                "cancelled",
                name="promisestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_promises_decided_has_its_moment")),
        sa.CheckConstraint("amount > 0 AND received >= 0", name=op.f("ck_promises_amounts_in_bounds")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_promises_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promises_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_promises_due", ["state", "due_at", "id"], unique=False)

    op.create_table(
        "warning_thresholds",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("amount", "percent", name="thresholdkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("value", Amount(), nullable=False),
        sa.Column("crossed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("value > 0", name=op.f("ck_warning_thresholds_value_above_zero")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_warning_thresholds_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_thresholds")),
        sa.UniqueConstraint("customer_id", "kind", "value", name=op.f("uq_warning_thresholds_customer_id_kind_value")),
    )
    op.create_table(
        "archives",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("file", sa.String(length=400), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_archives_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_archives_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_archives")),
    )
    with op.batch_alter_table("archives", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_archives_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "collection_policies",
        sa.Column("customer_class_id", sa.Integer(), nullable=False),
        sa.Column(
            "section",
            sa.Enum("regular", "out_of_turn", name="section", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=80), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("net_days", sa.Integer(), nullable=False),
        sa.Column("reminders", sa.JSON(), nullable=False),
        sa.Column("resends", sa.JSON(), nullable=False),
        sa.Column("late_fee", Amount(), nullable=False),
        sa.Column("limit_after", sa.Integer(), nullable=True),
        sa.Column("limit_notices", sa.JSON(), nullable=False),
        sa.Column("suspend_after", sa.Integer(), nullable=True),
        sa.Column("suspend_notices", sa.JSON(), nullable=False),
        sa.Column("terminate_after", sa.Integer(), nullable=True),
        sa.Column("terminate_notices", sa.JSON(), nullable=False),
        sa.Column("reactivation_fee", Amount(), nullable=False),
        sa.Column("threshold", Amount(), nullable=False),
        sa.Column("resume_at_threshold", sa.Boolean(), nullable=False),
        sa.Column("working_days_only", sa.Boolean(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("spread_minutes", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(limit_after IS NULL OR suspend_after IS NULL OR limit_after <= suspend_after) AND (suspend_after IS NULL OR terminate_after IS NULL OR suspend_after <= terminate_after) AND (limit_after IS NULL OR terminate_after IS NULL OR limit_after <= terminate_after)",
            name=op.f("ck_collection_policies_steps_in_order"),
        ),
        sa.CheckConstraint(
            "hour BETWEEN 0 AND 23 AND spread_minutes BETWEEN 0 AND 720",
            name=op.f("ck_collection_policies_hour_in_the_day"),
        ),
        sa.CheckConstraint(
            "late_fee >= 0 AND reactivation_fee >= 0 AND threshold >= 0",
            name=op.f("ck_collection_policies_amounts_not_negative"),
        ),
        sa.CheckConstraint(
            "limit_after >= 0 AND suspend_after >= 0 AND terminate_after >= 0",
            name=op.f("ck_collection_policies_days_not_negative"),
        ),
        sa.CheckConstraint("net_days >= 0", name=op.f("ck_collection_policies_net_days_not_negative")),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_collection_policies_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["customer_class_id"],
            ["customer_classes.id"],
            name=op.f("fk_collection_policies_customer_class_id_customer_classes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_policies")),
        sa.UniqueConstraint(
            "customer_class_id",
            "section",
            "number",
            name=op.f("uq_collection_policies_customer_class_id_section_number"),
        ),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "channel",
            sa.Enum("email", "webhook", name="channel", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("event", sa.String(length=60), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=True),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("recipient", sa.String(length=400), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "sent", "failed", name="messagestate", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=400), nullable=False),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_messages_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id_customers")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_messages_webhook_id_webhooks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_customer", ["customer_id", "at", "id"], unique=False)
        batch_op.create_index(
            "ix_messages_waiting",
            ["next_try_at", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "card_payments",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("method_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("capture_at_once", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "unknown",
                "refused",
                "authorised",
                "captured",
                "voided",
                name="cardstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("captured", Amount(), nullable=False),
        sa.Column("refunded", Amount(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("gateway_reference", sa.String(length=80), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND captured >= 0 AND captured <= amount",
            name=op.f("ck_card_payments_captured_at_most_authorised"),
        ),
        sa.CheckConstraint(
            "refunded >= 0 AND refunded <= captured", name=op.f("ck_card_payments_refunded_at_most_captured")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_card_payments_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["payment_methods.id"], name=op.f("fk_card_payments_method_id_payment_methods")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["transactions.id"], name=op.f("fk_card_payments_payment_id_transactions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_payments")),
        sa.UniqueConstraint("key", name=op.f("uq_card_payments_key")),
    )
    with op.batch_alter_table("card_payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_payments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_card_payments_state", ["state", "id"], unique=False)

    op.create_table(
        "promise_payments",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (amount > 0) AND amount <> 0",
            name=op.f("ck_promise_payments_negative_only_as_reversal"),
        ),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_promise_payments_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_promise_payments_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["transactions.id"], name=op.f("fk_promise_payments_payment_id_transactions")
        ),
        sa.ForeignKeyConstraint(["promise_id"], ["promises.id"], name=op.f("fk_promise_payments_promise_id_promises")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["promise_payments.id"], name=op.f("fk_promise_payments_reverses_id_promise_payments")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise_payments")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_promise_payments_reverses_id")),
    )
    with op.batch_alter_table("promise_payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_promise_payments_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_promise_payments_payment", ["payment_id"], unique=False)
        batch_op.create_index("ix_promise_payments_promise", ["promise_id"], unique=False)

    op.create_table(
        "collection_steps",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "remind",
                "overdue",
                "resend",
                "warn_limit",
                "warn_suspend",
                "warn_terminate",
                "limit",
                "suspend",
                "terminate",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_collection_steps_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_collection_steps_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_collection_steps_invoice_id_invoices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_steps")),
        sa.UniqueConstraint("invoice_id", "step", "days", name=op.f("uq_collection_steps_invoice_id_step_days")),
    )
    with op.batch_alter_table("collection_steps", schema=None) as batch_op:
        batch_op.create_index("ix_collection_steps_customer", ["customer_id", "at"], unique=False)

    op.create_table(
        "invoice_lines",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("says", sa.String(length=400), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoice_lines_customer_id_customers")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id_invoices")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["transactions.id"], name=op.f("fk_invoice_lines_transaction_id_transactions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_lines")),
    )
    with op.batch_alter_table("invoice_lines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_lines_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_invoice_lines_invoice", ["invoice_id", "id"], unique=False)
        batch_op.create_index("ix_invoice_lines_transaction", ["transaction_id"], unique=False)


def _give_classes_policies() -> None:
    """The terms leave the class for two policies of it; invoices refer to the one under which they were issued."""
    op.execute(
        "INSERT INTO collection_policies (customer_class_id, section, number, at, login, net_days, reminders, resends,"
        " late_fee, limit_notices, suspend_after, suspend_notices, terminate_notices, reactivation_fee, threshold,"
        " resume_at_threshold, working_days_only, hour, spread_minutes)"
        " SELECT c.id, s.section, 1, CURRENT_TIMESTAMP, 'system', c.net_days, '[]', '[]', 0, '[]', c.suspend_after_days,"
        " '[]', '[]', 0, 0, false, true, 0, 0 FROM customer_classes AS c"
        " CROSS JOIN (SELECT 'regular' AS section UNION ALL SELECT 'out_of_turn') AS s"
    )
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_customer_classes_net_days_not_negative"), type_="check")
        batch.drop_column("net_days")
        batch.drop_column("suspend_after_days")
        batch.add_column(
            sa.Column("suspend_on_insufficient_funds", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("closing_delay_hours", sa.Integer(), nullable=False, server_default="6"))
        rounding = sa.Enum(
            "away_from_zero", "half_away_from_zero", "to_five",
            name="rounding", native_enum=False, create_constraint=True, length=40,
        )  # fmt: skip
        batch.add_column(sa.Column("rounding", rounding, nullable=False, server_default="away_from_zero"))
        batch.add_column(sa.Column("rounding_decimals", sa.Integer(), nullable=True))
        scope = sa.Enum(
            "environment", "reseller", "customer",
            name="numberscope", native_enum=False, create_constraint=True, length=40,
        )  # fmt: skip
        batch.add_column(sa.Column("number_scope", scope, nullable=False, server_default="environment"))
        for name, length in (("issuer_name", 120), ("issuer_address", 400), ("notices_from", 254)):
            batch.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        batch.add_column(sa.Column("purge_after_months", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("archive_after_months", sa.Integer(), nullable=True))
        batch.create_check_constraint(
            batch.f("ck_customer_classes_rounding_decimals_in_bounds"), "rounding_decimals BETWEEN 0 AND 5"
        )
        batch.create_check_constraint(
            batch.f("ck_customer_classes_closing_delay_in_bounds"), "closing_delay_hours BETWEEN 0 AND 240"
        )
        batch.create_check_constraint(
            batch.f("ck_customer_classes_months_not_negative"), "purge_after_months >= 0 AND archive_after_months >= 0"
        )
    op.add_column("invoices", sa.Column("policy_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE invoices SET policy_id = (SELECT p.id FROM collection_policies AS p JOIN customers AS c"
        " ON c.customer_class_id = p.customer_class_id WHERE c.id = invoices.customer_id"
        " AND p.section = CASE invoices.type WHEN 'out_of_turn' THEN 'out_of_turn' ELSE 'regular' END)"
    )
    with op.batch_alter_table("invoices", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("policy_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            batch.f("fk_invoices_policy_id_collection_policies"), "collection_policies", ["policy_id"], ["id"]
        )
        batch.add_column(sa.Column("replaces_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("voided_at", UtcDateTime(), nullable=True))
        batch.create_unique_constraint(batch.f("uq_invoices_replaces_id"), ["replaces_id"])
        batch.create_foreign_key(batch.f("fk_invoices_replaces_id_invoices"), "invoices", ["replaces_id"], ["id"])


def _give_subscriptions_plans() -> None:
    """A plan for each name, currency and fee in use; fees stay what they were."""
    op.execute(
        "INSERT INTO subscription_plans (name, name_key, public_name, currency, fee, charge_model, activation,"
        " charge_while_suspended, credit_suspended, credit_blocked, credit_no_funds, is_offered, version)"
        " SELECT f.title, lower(f.title), f.name, f.currency, f.fee, 'in_advance', 'on_start', true, false, false,"
        " false, true, 1 FROM (SELECT d.name, d.currency, d.fee, d.name || ' ' || d.currency"
        " || CASE row_number() OVER (PARTITION BY d.name, d.currency ORDER BY d.fee) WHEN 1 THEN ''"
        " ELSE ' ' || row_number() OVER (PARTITION BY d.name, d.currency ORDER BY d.fee) END AS title"
        " FROM (SELECT DISTINCT s.name, c.currency, s.fee FROM subscriptions AS s"
        " JOIN customers AS c ON c.id = s.customer_id) AS d) AS f"
    )
    op.add_column("subscriptions", sa.Column("plan_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE subscriptions SET plan_id = (SELECT p.id FROM subscription_plans AS p JOIN customers AS c"
        " ON c.currency = p.currency WHERE c.id = subscriptions.customer_id AND p.public_name = subscriptions.name"
        " AND p.fee = subscriptions.fee)"
    )
    with op.batch_alter_table("subscriptions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_subscriptions_fee_not_negative"), type_="check")
        batch.drop_column("name")
        batch.drop_column("fee")
        batch.alter_column("plan_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(
            batch.f("fk_subscriptions_plan_id_subscription_plans"), "subscription_plans", ["plan_id"], ["id"]
        )
        batch.create_index(batch.f("ix_subscriptions_plan_id"), ["plan_id"], unique=False)
        batch.add_column(sa.Column("fee_percent", sa.Integer(), nullable=False, server_default="100"))
        batch.add_column(sa.Column("activated_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("charged_until", sa.Date(), nullable=True))
        batch.create_check_constraint(
            batch.f("ck_subscriptions_fee_percent_in_bounds"), "fee_percent BETWEEN 0 AND 1000"
        )
    op.execute("UPDATE subscriptions SET activated_on = started_on")


_DEBITS = (
    "manual_charge",
    "refund",
    "opening_debt",
    "invoiced_charge",
    "usage_charge",
    "subscription_fee",
    "did_fee",
    "late_fee",
    "reactivation_fee",
    "ecommerce_refund",
    "closing_debit",
)
_CREDITS = (
    "manual_payment",
    "manual_credit",
    "promotional_credit",
    "opening_credit",
    "fee_credit",
    "ecommerce_payment",
    "capture_payment",
    "write_off",
    "closing_credit",
)

_KINDS = (
    "manual_charge",
    "manual_credit",
    "promotional_credit",
    "manual_payment",
    "refund",
    "opening_debt",
    "opening_credit",
    "invoiced_charge",
    "usage_charge",
    "subscription_fee",
    "did_fee",
    "fee_credit",
    "late_fee",
    "reactivation_fee",
    "ecommerce_payment",
    "capture_payment",
    "ecommerce_refund",
    "write_off",
    "closing_debit",
    "closing_credit",
)


def _widen_kinds() -> None:
    def listed(kinds: tuple[str, ...]) -> str:
        return ", ".join(f"'{kind}'" for kind in kinds)

    with op.batch_alter_table("transactions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_transactions_sign_follows_kind"), type_="check")
        batch.drop_constraint(batch.f("ck_transactions_kind"), type_="check")
        batch.create_check_constraint(batch.f("ck_transactions_kind"), f"kind IN ({listed(_KINDS)})")
        batch.create_check_constraint(
            batch.f("ck_transactions_sign_follows_kind"),
            f"reverses_id IS NOT NULL OR (kind IN ({listed(_DEBITS)}) AND amount > 0)"
            f" OR (kind IN ({listed(_CREDITS)}) AND amount < 0)",
        )


def _extend_customers_and_dids() -> None:
    for name, kind in (
        ("collect_at", UtcDateTime()), ("temporary_limit", Amount()), ("temporary_limit_until", UtcDateTime()),
        ("daily_spending_limit", Amount()), ("suspend_on_insufficient_funds", sa.Boolean()), ("period_from", sa.Date()),
        ("period_to", sa.Date()), ("closes_at", UtcDateTime()), ("erased_at", UtcDateTime()),
        ("archived_at", UtcDateTime()),
    ):  # fmt: skip
        op.add_column("customers", sa.Column(name, kind, nullable=True))
    op.add_column("customers", sa.Column("legal_hold", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("collect_at", "closes_at", "temporary_limit_until", "suspension_cause"):
        some = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_customers_{name}", "customers", [name, "id"], sqlite_where=some, postgresql_where=some)
    op.add_column("dids", sa.Column("assigned_on", sa.Date(), nullable=True))
    op.add_column("dids", sa.Column("charged_until", sa.Date(), nullable=True))
