-- A site's roles and schemas, in the database that psql is connected to; told again it changes
-- nothing.  One owner who cannot log in; one migrator who may become the owner; one role per service,
-- which reads and writes the rows of its own schema and nothing else.
\set ON_ERROR_STOP on
SET client_min_messages = warning;

SELECT format('CREATE ROLE %I %s', name, kind)
  FROM (VALUES ('lg_owner', 'NOLOGIN'), ('lg_migrate', 'LOGIN NOINHERIT'), ('lg_access', 'LOGIN'),
               ('lg_intake', 'LOGIN'), ('lg_matching', 'LOGIN'), ('lg_referral', 'LOGIN'),
               ('lg_notification', 'LOGIN'), ('lg_reporting', 'LOGIN')) AS role (name, kind)
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

GRANT lg_owner TO lg_migrate;
-- for two functions of his that tell one number and one path (common/db/schema/006_survey.sql)
GRANT pg_read_all_stats, pg_read_all_settings TO lg_owner;
REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE :"DBNAME" TO lg_migrate;
ALTER DEFAULT PRIVILEGES FOR ROLE lg_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

SELECT format(line, service)
  FROM (VALUES ('access'), ('intake'), ('matching'), ('referral'), ('notification'), ('reporting'))
       AS name (service),
       (VALUES (1, 'GRANT CONNECT ON DATABASE ' || quote_ident(current_database()) || ' TO lg_%s'),
               (2, 'CREATE SCHEMA IF NOT EXISTS %1$s AUTHORIZATION lg_owner'),
               (3, 'GRANT USAGE ON SCHEMA %1$s TO lg_%1$s'),
               (4, 'ALTER DEFAULT PRIVILEGES FOR ROLE lg_owner IN SCHEMA %1$s '
                   'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO lg_%1$s'),
               (5, 'ALTER DEFAULT PRIVILEGES FOR ROLE lg_owner IN SCHEMA %1$s '
                   'GRANT EXECUTE ON FUNCTIONS TO lg_%1$s')) AS step (number, line)
 ORDER BY service, number
\gexec

-- Personal data must not reach the server's log: with these, planted markers in statements,
-- parameters and errors did not, while checkpoints and start-up lines stayed.  Set for this
-- database alone: what else the server keeps is logged as before.
SELECT format('ALTER DATABASE %I SET %I = %L', current_database(), name, setting)
  FROM (VALUES ('log_min_messages', 'log'), ('log_min_error_statement', 'panic'),
               ('log_error_verbosity', 'terse'), ('log_statement', 'none'), ('log_duration', 'off'),
               ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1'),
               ('log_parameter_max_length', '0'), ('log_parameter_max_length_on_error', '0'),
               ('log_lock_waits', 'off'),
               ('synchronous_commit', 'on'), ('timezone', 'UTC'), ('jit', 'off'))
       AS wanted (name, setting)
\gexec
