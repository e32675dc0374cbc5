-- What notification keeps: who wants to be told, and each notice from its intent to its end.
-- Where somebody is told lies in subscription.sealed alone.  search_path is set by the migrator.

CREATE TABLE subscription (
    subscription_id bytea    PRIMARY KEY CHECK (length(subscription_id) = 16),
    state           text     NOT NULL CHECK (state IN ('ACTIVE', 'ENDED')),
    role            smallint NOT NULL CHECK (role BETWEEN 1 AND 8),
    events          text[]   NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 32),
    channel         text     NOT NULL CHECK (channel IN ('FILE', 'SMTP')),
    language        text     NOT NULL CHECK (language IN ('en', 'hi', 'ne')),
    station         text     NOT NULL CHECK (station ~ '^[A-Z]{0,8}$'),
    organisation    bytea    NOT NULL CHECK (length(organisation) = 16),
    made_by         bytea    NOT NULL CHECK (length(made_by) = 16),
    made_ms         bigint   NOT NULL,
    digest          bytea    NOT NULL CHECK (length(digest) = 32),
    context         bytea    NOT NULL CHECK (length(context) = 16),
    sealed          bytea
);
ALTER TABLE subscription ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE subscription ALTER COLUMN sealed SET STATISTICS 0;
CREATE INDEX subscription_events ON subscription USING gin (events) WHERE state = 'ACTIVE';

-- No foreign key: a notice outlives its subscription.
CREATE TABLE notice (
    notice_id       bytea    PRIMARY KEY CHECK (length(notice_id) = 16),
    case_id         bytea    NOT NULL CHECK (length(case_id) = 16),
    event_id        bytea    NOT NULL CHECK (length(event_id) = 16),
    subscription_id bytea    NOT NULL CHECK (length(subscription_id) = 16),
    event           text     NOT NULL,
    state           text     NOT NULL CHECK (state IN ('INTENDED', 'SENT', 'FAILED')),
    channel         text     NOT NULL CHECK (channel IN ('FILE', 'SMTP')),
    language        text     NOT NULL CHECK (language IN ('en', 'hi', 'ne')),
    attempts        integer  NOT NULL CHECK (attempts >= 0),
    intended_ms     bigint   NOT NULL,
    next_ms         bigint   NOT NULL,
    settled_ms      bigint   NOT NULL,
    reason          text     NOT NULL,
    body            text     NOT NULL
) WITH (fillfactor = 70);
-- An event that is read again (a publisher that was restored) is not told again.
CREATE UNIQUE INDEX notice_once ON notice (event_id, subscription_id);
CREATE INDEX notice_state ON notice (state, notice_id);
