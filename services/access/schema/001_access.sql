-- What access keeps: accounts and the sessions that were given to them.  Passwords are kept as
-- argon2id hashes only.  search_path is set by the migrator.

CREATE TABLE account (
    user_id          bytea   PRIMARY KEY CHECK (length(user_id) = 16),
    name_key         bytea   NOT NULL UNIQUE CHECK (length(name_key) = 16),
    user_name        text    NOT NULL UNIQUE CHECK (user_name ~ '^[a-z0-9._-]{1,64}$'),
    password_hash    text    NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    role             text    NOT NULL CHECK (role IN ('VOLUNTEER', 'CENTRE_LEAD', 'NGO_WORKER',
                                 'PROTECTION_OFFICER', 'MANAGER', 'OPERATOR', 'AUDITOR')),
    created_by       bytea   NOT NULL,
    created_ms       bigint  NOT NULL,
    failures         integer NOT NULL DEFAULT 0,
    first_failure_ms bigint  NOT NULL DEFAULT 0,
    locked_until_ms  bigint  NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
ALTER TABLE account ALTER COLUMN password_hash SET STATISTICS 0;

CREATE TABLE session (
    session_id bytea  PRIMARY KEY CHECK (length(session_id) = 16),
    user_id    bytea  NOT NULL,
    issued_ms  bigint NOT NULL,
    expires_ms bigint NOT NULL
);
