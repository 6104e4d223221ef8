# ruff: noqa: E501  conditions stand on one line, as the database has them
"""The first tables: customers and their money, people, history."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_classes",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_model", sa.String(length=60), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("default_credit_limit", Amount(), nullable=True),
        sa.Column("net_days", sa.Integer(), nullable=False),
        sa.Column("suspend_after_days", sa.Integer(), nullable=True),
        sa.Column("reactivation_window_days", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("default_credit_limit >= 0", name=op.f("ck_customer_classes_default_limit_not_negative")),
        sa.CheckConstraint("net_days >= 0", name=op.f("ck_customer_classes_net_days_not_negative")),
        sa.CheckConstraint(
            "reactivation_window_days BETWEEN 1 AND 3650", name=op.f("ck_customer_classes_window_in_bounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_classes")),
        sa.UniqueConstraint("name_key", name=op.f("uq_customer_classes_name_key")),
    )
    op.create_table(
        "personal_values",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("erased_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_values")),
    )
    op.create_table(
        "resellers",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resellers")),
        sa.UniqueConstraint("name_key", name=op.f("uq_resellers_name_key")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "login_key",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("ip", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempts")),
    )
    with op.batch_alter_table("sign_in_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_ip_at"), ["ip", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sign_in_attempts_login_key_at"), ["login_key", "at"], unique=False)

    op.create_table(
        "customers",
        sa.Column("customer_code", sa.String(length=64), nullable=False),
        sa.Column(
            "customer_code_key",
            sa.String(length=100).with_variant(sa.String(length=100, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("reseller_id", sa.Integer(), nullable=True),
        sa.Column("customer_class_id", sa.Integer(), nullable=False),
        sa.Column(
            "balance_control",
            sa.Enum("postpaid", "prepaid", name="balancecontrol", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("credit_limit", Amount(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("balance", Amount(), nullable=False),
        sa.Column("outstanding", Amount(), nullable=False),
        sa.Column("unallocated", Amount(), nullable=False),
        sa.Column("first_overdue_from", UtcDateTime(), nullable=True),
        sa.Column(
            "bill_status",
            sa.Enum(
                "open",
                "suspended",
                "provisionally_terminated",
                "permanently_terminated",
                "exported",
                name="billstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column(
            "suspension_cause",
            sa.Enum(
                "collection",
                "insufficient_funds",
                name="suspensioncause",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("suspended_at", UtcDateTime(), nullable=True),
        sa.Column("suspension_lifted_until", UtcDateTime(), nullable=True),
        sa.Column("first_lifted_on", sa.Date(), nullable=True),
        sa.Column("service_limited", sa.Boolean(), nullable=False),
        sa.Column("limitation_lifted_until", UtcDateTime(), nullable=True),
        sa.Column("provisionally_terminated_at", UtcDateTime(), nullable=True),
        sa.Column("terminate_on", sa.Date(), nullable=True),
        sa.Column("terminated_at", UtcDateTime(), nullable=True),
        sa.Column("exported_at", UtcDateTime(), nullable=True),
        sa.Column("billing_zone", sa.String(length=64), nullable=False),
        sa.Column(
            "billing_period",
            sa.Enum(
                "daily",
                "weekly",
                "semimonthly",
                "monthly",
                "anniversary",
                "thirty_days",
                name="billingperiod",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("company_name", sa.String(length=100), nullable=False),
        sa.Column("salutation", sa.String(length=15), nullable=False),
        sa.Column("first_name", sa.String(length=60), nullable=False),
        sa.Column("middle_initial", sa.String(length=5), nullable=False),
        sa.Column("last_name", sa.String(length=60), nullable=False),
        sa.Column("address_line_1", sa.String(length=120), nullable=False),
        sa.Column("address_line_2", sa.String(length=167), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=60), nullable=False),
        sa.Column("postal_code", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("alt_phone", sa.String(length=40), nullable=False),
        sa.Column("fax", sa.String(length=40), nullable=False),
        sa.Column("alt_contact", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("bcc", sa.String(length=254), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=400).with_variant(sa.String(length=400, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "email_key",
            sa.String(length=300).with_variant(sa.String(length=300, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "phone_key",
            sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(bill_status = 'exported') = (exported_at IS NOT NULL)", name=op.f("ck_customers_exported_has_its_moment")
        ),
        sa.CheckConstraint(
            "(bill_status = 'permanently_terminated') = (terminated_at IS NOT NULL)",
            name=op.f("ck_customers_terminated_has_its_moment"),
        ),
        sa.CheckConstraint(
            "(bill_status = 'suspended') = (suspended_at IS NOT NULL) AND (bill_status = 'suspended') = (suspension_cause IS NOT NULL)",
            name=op.f("ck_customers_suspended_has_cause_and_moment"),
        ),
        sa.CheckConstraint(
            "balance_control <> 'prepaid' OR credit_limit IS NULL", name=op.f("ck_customers_no_credit_limit_on_prepaid")
        ),
        sa.CheckConstraint(
            "bill_status <> 'provisionally_terminated' OR (provisionally_terminated_at IS NOT NULL AND terminate_on IS NOT NULL)",
            name=op.f("ck_customers_provisional_has_its_end"),
        ),
        sa.CheckConstraint(
            "customer_code <> '' AND customer_code_key <> ''", name=op.f("ck_customers_customer_id_not_empty")
        ),
        sa.CheckConstraint(
            "suspension_lifted_until IS NULL OR (bill_status = 'suspended' AND first_lifted_on IS NOT NULL)",
            name=op.f("ck_customers_only_suspended_is_lifted"),
        ),
        sa.CheckConstraint("credit_limit >= 0", name=op.f("ck_customers_credit_limit_not_negative")),
        sa.CheckConstraint("outstanding >= 0 AND unallocated >= 0", name=op.f("ck_customers_summaries_not_negative")),
        sa.ForeignKeyConstraint(
            ["customer_class_id"], ["customer_classes.id"], name=op.f("fk_customers_customer_class_id_customer_classes")
        ),
        sa.ForeignKeyConstraint(["reseller_id"], ["resellers.id"], name=op.f("fk_customers_reseller_id_resellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("customer_code_key", name=op.f("uq_customers_customer_code_key")),
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customers_customer_class_id"), ["customer_class_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_email_key"), ["email_key"], unique=False)
        batch_op.create_index(
            "ix_customers_ending",
            ["terminate_on", "id"],
            unique=False,
            sqlite_where=sa.text("terminate_on IS NOT NULL"),
            postgresql_where=sa.text("terminate_on IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customers_live_balance",
            ["balance", "id"],
            unique=False,
            sqlite_where=sa.text("bill_status <> 'permanently_terminated'"),
            postgresql_where=sa.text("bill_status <> 'permanently_terminated'"),
        )
        batch_op.create_index(
            "ix_customers_live_created",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("bill_status <> 'permanently_terminated'"),
            postgresql_where=sa.text("bill_status <> 'permanently_terminated'"),
        )
        batch_op.create_index(
            "ix_customers_live_name",
            ["name_key", "id"],
            unique=False,
            sqlite_where=sa.text("bill_status <> 'permanently_terminated'"),
            postgresql_where=sa.text("bill_status <> 'permanently_terminated'"),
        )
        batch_op.create_index("ix_customers_name", ["name_key", "id"], unique=False)
        batch_op.create_index(
            "ix_customers_overdue",
            ["first_overdue_from", "id"],
            unique=False,
            sqlite_where=sa.text("first_overdue_from IS NOT NULL"),
            postgresql_where=sa.text("first_overdue_from IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_customers_phone_key"), ["phone_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_customers_reseller_id"), ["reseller_id"], unique=False)
        batch_op.create_index("ix_customers_status_name", ["bill_status", "name_key", "id"], unique=False)

    op.create_table(
        "people",
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column(
            "login_key",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "support",
                "analyst",
                "manager",
                "admin",
                "system",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reseller_id", sa.Integer(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("extra_grants", sa.String(length=400), nullable=False),
        sa.Column("credit_per_booking", Amount(), nullable=False),
        sa.Column("credit_per_day", Amount(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("role <> 'system'", name=op.f("ck_people_a_person_is_not_the_system")),
        sa.CheckConstraint(
            "credit_per_booking >= 0 AND credit_per_day >= 0", name=op.f("ck_people_limits_not_negative")
        ),
        sa.ForeignKeyConstraint(["reseller_id"], ["resellers.id"], name=op.f("fk_people_reseller_id_resellers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login_key", name=op.f("uq_people_login_key")),
    )
    op.create_table(
        "accounts",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("account_code", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "phone_line",
                "sim",
                "internet",
                name="accountkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("product", sa.String(length=80), nullable=False),
        sa.Column("activated_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_accounts_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("account_code", name=op.f("uq_accounts_account_code")),
    )
    with op.batch_alter_table("accounts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accounts_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "command_log",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload_hash", sa.String(length=64), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_command_log_customer_id_customers")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_command_log_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command_log")),
        sa.UniqueConstraint("number", name=op.f("uq_command_log_number")),
    )
    with op.batch_alter_table("command_log", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_command_log_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_command_log_customer_id_at"), ["customer_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_command_log_login_at"), ["login", "at"], unique=False)

    op.create_table(
        "dids",
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("fee", Amount(), nullable=False),
        sa.Column("vendor_cost", Amount(), nullable=False),
        sa.Column("vendor_currency", sa.String(length=3), nullable=False),
        sa.Column("free_of_charge", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_dids_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dids")),
        sa.UniqueConstraint("number", name=op.f("uq_dids_number")),
    )
    with op.batch_alter_table("dids", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dids_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "drafts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), server_default=sa.text("('')"), nullable=False),
        sa.Column("command_id", sa.String(length=36), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_drafts_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sa.UniqueConstraint("command_id", name=op.f("uq_drafts_command_id")),
        sa.UniqueConstraint("person_id", "form", "subject", name=op.f("uq_drafts_person_id_form_subject")),
    )
    op.create_table(
        "invoices",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column(
            "type",
            sa.Enum(
                "regular",
                "out_of_turn",
                "midterm",
                "initial",
                "opening",
                name="invoicetype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("period_from", sa.Date(), nullable=True),
        sa.Column("period_to", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("overdue_from", UtcDateTime(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total", Amount(), nullable=False),
        sa.Column("paid", Amount(), nullable=False),
        sa.Column(
            "payment_status",
            sa.Enum(
                "unpaid",
                "partly_paid",
                "paid",
                "void",
                "do_not_pay",
                name="paymentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "collection_status",
            sa.Enum(
                "collect",
                "do_not_collect",
                name="collectionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("due_on >= issued_on", name=op.f("ck_invoices_due_not_before_issue")),
        sa.CheckConstraint("paid >= 0", name=op.f("ck_invoices_paid_not_negative")),
        sa.CheckConstraint("total < 0 OR paid <= total", name=op.f("ck_invoices_paid_at_most_total")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoices_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("customer_id", "number", name=op.f("uq_invoices_customer_id_number")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index("ix_invoices_customer_issued", ["customer_id", "issued_on", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoices_number"), ["number"], unique=False)
        batch_op.create_index(
            "ix_invoices_open",
            ["customer_id", "overdue_from"],
            unique=False,
            sqlite_where=sa.text("payment_status IN ('unpaid', 'partly_paid')"),
            postgresql_where=sa.text("payment_status IN ('unpaid', 'partly_paid')"),
        )

    op.create_table(
        "notes",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("author", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sticky", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_notes_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "planned_moves",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "done",
                "cancelled",
                "impossible",
                name="planstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("why_impossible", sa.String(length=400), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_planned_moves_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_moves")),
    )
    with op.batch_alter_table("planned_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planned_moves_customer_id"), ["customer_id"], unique=False)
        batch_op.create_index("ix_planned_moves_due", ["state", "due_on", "id"], unique=False)

    op.create_table(
        "sign_in_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("ip", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_in_sessions_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    with op.batch_alter_table("sign_in_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_sessions_person_id"), ["person_id"], unique=False)

    op.create_table(
        "subscriptions",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("fee", Amount(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_subscriptions_fee_not_negative")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_subscriptions_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    with op.batch_alter_table("subscriptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscriptions_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "change",
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("entity_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("personal_id", sa.Integer(), nullable=True),
        sa.Column("personal_digest", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["command_id"], ["command_log.id"], name=op.f("fk_change_command_id_command_log")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_change_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["personal_id"], ["personal_values.id"], name=op.f("fk_change_personal_id_personal_values")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_command_id"), ["command_id"], unique=False)
        batch_op.create_index("ix_change_customer", ["customer_id", "id"], unique=False)
        batch_op.create_index("ix_change_entity", ["entity", "entity_id", "id"], unique=False)

    op.create_table(
        "invoice_requests",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "requested",
                "issued",
                "cancelled",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'issued') = (invoice_id IS NOT NULL)", name=op.f("ck_invoice_requests_issued_has_invoice")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_invoice_requests_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_requests_invoice_id_invoices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_requests")),
    )
    with op.batch_alter_table("invoice_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_requests_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "status_events",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("move", sa.String(length=40), nullable=False),
        sa.Column(
            "status_from",
            sa.Enum(
                "open",
                "suspended",
                "provisionally_terminated",
                "permanently_terminated",
                "exported",
                name="billstatus",
                native_enum=False,
                create_constraint=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status_to",
            sa.Enum(
                "open",
                "suspended",
                "provisionally_terminated",
                "permanently_terminated",
                "exported",
                name="billstatus",
                native_enum=False,
                create_constraint=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_status_events_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_status_events_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_events")),
    )
    with op.batch_alter_table("status_events", schema=None) as batch_op:
        batch_op.create_index("ix_status_events_customer", ["customer_id", "at", "id"], unique=False)

    op.create_table(
        "transactions",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "manual_charge",
                "manual_credit",
                "promotional_credit",
                "manual_payment",
                "refund",
                "opening_debt",
                "opening_credit",
                "invoiced_charge",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("balance_after", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=True),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("visible_comment", sa.String(length=400), nullable=False),
        sa.Column("internal_comment", sa.String(length=400), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reverses_id IS NOT NULL OR (kind IN ('manual_charge', 'refund', 'opening_debt', 'invoiced_charge') AND amount > 0) OR (kind IN ('manual_credit', 'promotional_credit', 'manual_payment', 'opening_credit') AND amount < 0)",
            name=op.f("ck_transactions_sign_follows_kind"),
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_transactions_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_transactions_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_transactions_customer_id_customers")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_transactions_person_id_people")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["transactions.id"], name=op.f("fk_transactions_reverses_id_transactions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("command_id", "line", name=op.f("uq_transactions_command_id_line")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_transactions_reverses_id")),
    )
    with op.batch_alter_table("transactions", schema=None) as batch_op:
        batch_op.create_index("ix_transactions_customer_at", ["customer_id", "at", "id"], unique=False)
        batch_op.create_index("ix_transactions_person_at", ["person_id", "at"], unique=False)

    op.create_table(
        "allocations",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("command_id", sa.String(length=80), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("refund_id", sa.Integer(), nullable=True),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(invoice_id IS NULL) <> (refund_id IS NULL)", name=op.f("ck_allocations_one_use")),
        sa.CheckConstraint(
            "(reverses_id IS NULL) = (amount > 0) AND amount <> 0",
            name=op.f("ck_allocations_negative_only_as_reversal"),
        ),
        sa.ForeignKeyConstraint(
            ["command_id"],
            ["command_log.id"],
            name=op.f("fk_allocations_command_id_command_log"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_allocations_customer_id_customers")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_allocations_invoice_id_invoices")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["transactions.id"], name=op.f("fk_allocations_payment_id_transactions")
        ),
        sa.ForeignKeyConstraint(["refund_id"], ["transactions.id"], name=op.f("fk_allocations_refund_id_transactions")),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["allocations.id"], name=op.f("fk_allocations_reverses_id_allocations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_allocations_reverses_id")),
    )
    with op.batch_alter_table("allocations", schema=None) as batch_op:
        batch_op.create_index("ix_allocations_customer", ["customer_id"], unique=False)
        batch_op.create_index("ix_allocations_invoice", ["invoice_id"], unique=False)
        batch_op.create_index("ix_allocations_payment", ["payment_id"], unique=False)

    recreate(op.get_bind())
