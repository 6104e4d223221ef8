-- The four roles of a PostgreSQL database: who owns the tables, who runs the desk, who only reads, who archives.
--
-- Run it as a superuser on the desk's database, once before the first migration and again after every one:
--     psql --dbname customer_desk --single-transaction --file deploy/roles.sql
-- It can be run any number of times. Passwords are not in it: give each role one with \password.

DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['desk_owner', 'desk_app', 'desk_reader', 'desk_archiver'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', wanted);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO desk_owner, desk_app, desk_reader, desk_archiver', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO desk_owner;
GRANT USAGE ON SCHEMA public TO desk_app, desk_reader, desk_archiver;

-- From nothing at each run: what is not granted below, nobody but the owner may do.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, desk_app, desk_reader, desk_archiver;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, desk_app, desk_reader, desk_archiver;

DO $$
DECLARE
    found record;
    columns text;
BEGIN
    -- desk_owner: migrates. Everything that stands in the schema belongs to it.
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO desk_owner', found.tablename);
    END LOOP;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO desk_owner', found.name);
    END LOOP;

    -- desk_app: reads, adds and changes. A table that a trigger guards is written once. Nothing of the business is
    -- ever deleted; old sign-ins, drafts and runs of jobs are.
    FOR found IN
        SELECT tablename AS name, EXISTS (
            SELECT FROM pg_trigger AS guard
            JOIN pg_proc AS refusal ON refusal.oid = guard.tgfoid
            WHERE guard.tgrelid = format('public.%I', tablename)::regclass AND refusal.proname = 'refuse_change'
        ) AS is_written_once
        FROM pg_tables WHERE schemaname = 'public'
    LOOP
        EXECUTE format('GRANT SELECT ON public.%I TO desk_app', found.name);
        CONTINUE WHEN found.name = 'alembic_version';
        EXECUTE format('GRANT INSERT ON public.%I TO desk_app', found.name);
        CONTINUE WHEN found.is_written_once;
        EXECUTE format('GRANT UPDATE ON public.%I TO desk_app', found.name);
        CONTINUE WHEN found.name NOT IN
            ('sign_in_sessions', 'sign_in_attempts', 'drafts', 'job_runs', 'job_troubles');
        EXECUTE format('GRANT DELETE ON public.%I TO desk_app', found.name);
    END LOOP;

    -- desk_reader: for analysts and notebooks. No sign-ins, no forms half filled in, no erasable values, no secrets.
    FOR found IN
        SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'public'
        AND tablename NOT IN ('sign_in_sessions', 'sign_in_attempts', 'drafts', 'personal_values', 'people', 'messages',
            'payment_methods', 'bank_operations', 'webhooks')
    LOOP
        EXECUTE format('GRANT SELECT ON public.%I TO desk_reader', found.name);
    END LOOP;
    SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = 'people' AND column_name <> 'password_hash';
    IF columns IS NOT NULL THEN
        EXECUTE format('GRANT SELECT (%s) ON public.people TO desk_reader', columns);
    END IF;

    -- desk_archiver: the one that deletes, and only rows of a customer whose details stand in a file.
    FOR found IN
        SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename NOT IN ('sign_in_sessions', 'sign_in_attempts', 'drafts')
    LOOP
        EXECUTE format('GRANT SELECT ON public.%I TO desk_archiver', found.name);
        CONTINUE WHEN found.name NOT IN ('promise_payments', 'collection_steps', 'card_operations', 'card_payments',
            'allocations', 'invoice_lines', 'quota_uses', 'measured_uses', 'transactions', 'status_events');
        EXECUTE format('GRANT DELETE ON public.%I TO desk_archiver', found.name);
    END LOOP;
    FOR found IN
        SELECT tablename AS name FROM pg_tables
        WHERE schemaname = 'public' AND tablename IN ('archives', 'transactions', 'command_log', 'change')
    LOOP
        EXECUTE format('GRANT INSERT ON public.%I TO desk_archiver', found.name);
    END LOOP;
    IF EXISTS (SELECT FROM information_schema.columns
               WHERE table_schema = 'public' AND table_name = 'customers' AND column_name = 'archived_at') THEN
        GRANT UPDATE (archived_at) ON public.customers TO desk_archiver;
    END IF;
END $$;

GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO desk_app, desk_archiver;

ALTER ROLE desk_reader SET default_transaction_read_only = on;
ALTER ROLE desk_reader SET statement_timeout = '60s';
