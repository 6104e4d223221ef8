-- The four roles of a PostgreSQL database: owner of the tables, application, read-only, archiver.
--
-- Run it as a superuser on Customer Desk's database, once before the first migration and again after every one:
--     psql --dbname customer_desk --single-transaction --file deploy/roles.sql
-- It can be run any number of times. It contains no passwords: set one for each role with \password.

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

CREATE EXTENSION IF NOT EXISTS pg_trgm;  -- for finding customers; desk_owner may not create it

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO desk_owner;
GRANT USAGE ON SCHEMA public TO desk_app, desk_reader, desk_archiver;

-- Each run starts from nothing: only the owner may do what is not granted below.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, desk_app, desk_reader, desk_archiver;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, desk_app, desk_reader, desk_archiver;

-- Who may do what: a row for each table, with s for select, i for insert, u for update, d for delete. A table without a row
-- is accessible to the owner only. Only the archiver deletes business data, and only rows of a customer
-- whose details are in a file; rows that are written once are never updated.
CREATE TEMPORARY TABLE decided (name text PRIMARY KEY, app text, reader text, archiver text) ON COMMIT DROP;
INSERT INTO decided VALUES
    ('accounts',            'siu',  's',  's'),
    ('account_features',    'siu',  's',  's'),
    ('additional_info',     'siu',  's',  '-'),
    ('alembic_version',     's',    's',  's'),
    ('allocations',         'si',   's',  'sd'),
    ('archives',            'si',   's',  'si'),
    ('auto_payments',       'siu',  's',  '-'),
    ('bank_operations',     'siu',  '-',  '-'),
    ('caller_verifications', 'siu', 's', '-'),
    ('card_operations',     'siu',  's',  'sd'),
    ('card_payments',       'siu',  's',  'sd'),
    ('change',              'si',   's',  'si'),
    ('collection_policies', 'si',   's',  's'),
    ('collection_steps',    'si',   's',  'sd'),
    ('command_log',         'si',   's',  'si'),
    ('custom_fields',       'siu',  's',  's'),
    ('custom_fields_of_classes', 'siu', 's', 's'),
    ('custom_values',       'siu',  's',  's'),
    ('customer_classes',    'siu',  's',  's'),
    ('customer_counts',     'sid',  's',  '-'),
    ('exposure_sums',       'sid',  's',  '-'),
    ('overdue_sums',        'sid',  's',  '-'),
    ('customers',           'siu',  's',  's'),
    ('demo_clock',          'siu',  's',  's'),
    ('dids',                'siu',  's',  '-'),
    ('discount_assignments', 'siu', 's', 's'),
    ('discount_plans',      'siu',  's',  's'),
    ('distributors',        'siu',  's',  '-'),
    ('abbreviated_numbers', 'siu',  's',  's'),
    ('dialing',             'siu',  's',  's'),
    ('foreseen_steps',      'sid',  's',  '-'),
    ('outdated_forecasts',  'sid',  's',  '-'),
    ('fraud_profiles',      'siu',  's',  's'),
    ('fraud_protections',   'siu',  's',  's'),
    ('drafts',              'siud', '-',  '-'),
    ('holidays',            'siu',  's',  '-'),
    ('invoice_lines',       'si',   's',  'sd'),
    ('invoice_requests',    'siu',  's',  '-'),
    ('invoice_series',      'siu',  's',  '-'),
    ('invoice_templates',   'siu',  's',  '-'),
    ('invoice_taxes',       'si',   's',  'sd'),
    ('invoices',            'siu',  's',  's'),
    ('invoicing_settings',  'siu',  's',  '-'),
    ('job_runs',            'siud', 's',  '-'),
    ('job_troubles',        'siud', 's',  '-'),
    ('bulk_runs',           'siu',  's',  '-'),
    ('export_files',        'siu',  '-',  '-'),
    ('file_imports',        'siu',  '-',  '-'),
    ('file_parts',          'siud', '-',  '-'),
    ('import_batches',      'siud', '-',  '-'),
    ('saved_views',         'siu',  's',  's'),
    ('view_readers',        'siu',  's',  's'),
    ('list_habits',         'siu',  's',  's'),
    ('bulk_rows',           'siu',  's',  '-'),
    ('leases',              'siu',  's',  '-'),
    ('legal_intercepts',    'siu',  '-',  '-'),
    ('measured_samples',    'si',   's',  'sd'),
    ('measured_services',   'siu',  's',  '-'),
    ('measured_uses',       'si',   's',  'sd'),
    ('messages',            'siu',  '-',  '-'),
    ('notes',               'siu',  's',  '-'),
    ('number_batches',      'siu',  's',  '-'),
    ('override_tariffs',    'siu',  's',  '-'),
    ('payment_methods',     'siu',  '-',  '-'),
    ('people',              'siu',  '-',  '-'),
    ('personal_limits',     'siu',  '-',  '-'),
    ('personal_values',     'siu',  '-',  '-'),
    ('planned_moves',       'siu',  's',  's'),
    ('promise_payments',    'si',   's',  'sd'),
    ('promises',            'siu',  's',  's'),
    ('quota_uses',          'si',   's',  'sd'),
    ('quotas',              'siu',  's',  's'),
    ('rates',               'siu',  's',  '-'),
    ('representatives',     'siu',  's',  '-'),
    ('resellers',           'siu',  's',  's'),
    ('search_texts',        'sid',  's',  '-'),
    ('self_care',           'siu',  '-',  '-'),
    ('self_care_logins',    'siu',  '-',  '-'),
    ('service_configurations', 'siu', 's', 's'),
    ('sign_in_attempts',    'siud', '-',  '-'),
    ('sign_in_sessions',    'siud', '-',  '-'),
    ('status_events',       'si',   's',  'sd'),
    ('subscription_plans',  'siu',  's',  '-'),
    ('subscriptions',       'siu',  's',  '-'),
    ('tags',                'siu',  's',  's'),
    ('customer_tags',       'siu',  's',  's'),
    ('tariffs',             'siu',  's',  '-'),
    ('tax_profiles',        'siu',  's',  '-'),
    ('top_up_options',      'siu',  's',  's'),
    ('top_ups',             'si',   's',  'sd'),
    ('transactions',        'si',   's',  'sid'),
    ('wallet_uses',         'si',   's',  'sd'),
    ('warning_thresholds',  'siu',  's',  '-'),
    ('webhooks',            'siu',  '-',  '-');

DO $$
DECLARE
    found record;
    role text;
    letters text;
BEGIN
    -- desk_owner runs migrations and owns everything in the schema. Objects that it owns already are skipped: changing
    -- the owner would lock them while people are working.
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'desk_owner' LOOP
        EXECUTE format('ALTER TABLE public.%I OWNER TO desk_owner', found.tablename);
    END LOOP;
    FOR found IN
        SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner <> 'desk_owner'::regrole
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO desk_owner', found.name);
    END LOOP;

    FOR found IN
        SELECT tablename AS name, decided.* FROM pg_tables LEFT JOIN decided ON decided.name = tablename
        WHERE schemaname = 'public'
    LOOP
        IF found.app IS NULL THEN
            RAISE WARNING 'nobody decided who may use the table %', found.name;
            CONTINUE;
        END IF;
        FOREACH role IN ARRAY ARRAY['app', 'reader', 'archiver'] LOOP
            letters := to_jsonb(found) ->> role;
            CONTINUE WHEN letters = '-';
            EXECUTE format('GRANT %s ON public.%I TO %I',
                (SELECT string_agg(verb, ', ') FROM (VALUES
                    ('s', 'SELECT'), ('i', 'INSERT'), ('u', 'UPDATE'), ('d', 'DELETE')) AS known (letter, verb)
                 WHERE position(letter IN letters) > 0),
                found.name, 'desk_' || role);
        END LOOP;
    END LOOP;

    -- People without their credentials: notebooks and the archive act as a named person.
    IF to_regclass('public.people') IS NOT NULL THEN
        GRANT SELECT (id, version, login, login_key, name, email, role, reseller_id, is_active, extra_grants, created_at)
            ON public.people TO desk_reader, desk_archiver;
    END IF;
    -- Whether and when messages were sent, without recipients and contents: collection waits for its notices.
    IF to_regclass('public.messages') IS NOT NULL THEN
        GRANT SELECT (id, key, customer_id, command_id, at, channel, event, state, sent_at)
            ON public.messages TO desk_reader;
    END IF;
    IF to_regclass('public.customers') IS NOT NULL THEN
        GRANT UPDATE (archived_at) ON public.customers TO desk_archiver;
    END IF;

    -- Advisory locks block writers: only roles that write may take them. Large objects must not be a way to write.
    FOR found IN
        SELECT oid::regprocedure AS name, proname LIKE 'pg\_%' AS is_lock FROM pg_proc
        WHERE pronamespace = 'pg_catalog'::regnamespace AND (proname ~ '^pg_(try_)?advisory_' OR proname ~ '^lo_')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', found.name);
        CONTINUE WHEN NOT found.is_lock;
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO desk_owner, desk_app, desk_archiver', found.name);
    END LOOP;
END $$;

GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO desk_app, desk_archiver;

ALTER ROLE desk_reader SET default_transaction_read_only = on;
ALTER ROLE desk_reader SET statement_timeout = '60s';
ALTER ROLE desk_reader SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE desk_reader CONNECTION LIMIT 20;
