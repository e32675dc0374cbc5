-- What was heard from other sites, without content, so that a publisher's lost commits can be named: when
-- it comes back from an older backup, or from a standby that was behind, what was applied here of
-- the dead branch moves from heard to lost in the transaction that goes back.  Kept 90 days.

-- One row for each run of events that was applied in one transaction.  events: 36 bytes for each of
-- them: event_id (16), case_id (16), type (4, big endian).
CREATE TABLE heard (
    site     integer  NOT NULL,
    service  smallint NOT NULL,
    lane     smallint NOT NULL,
    p        smallint NOT NULL,
    first    bigint   NOT NULL,
    heard_ms bigint   NOT NULL,
    events   bytea    NOT NULL CHECK (length(events) % 36 = 0),
    PRIMARY KEY (site, service, lane, p, first)
);
CREATE INDEX heard_when ON heard (heard_ms);
ALTER TABLE heard ALTER COLUMN events SET STORAGE EXTERNAL;
ALTER TABLE heard ALTER COLUMN events SET STATISTICS 0;

CREATE TABLE lost (
    seq        bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       integer  NOT NULL,
    service    smallint NOT NULL,
    event_id   bytea    NOT NULL,
    case_id    bytea    NOT NULL,
    type       integer  NOT NULL,
    noticed_ms bigint   NOT NULL
);

-- The events of a row of heard, one by one.
CREATE FUNCTION heard_events(heard) RETURNS TABLE (number bigint, event_id bytea, case_id bytea, type integer)
LANGUAGE sql STABLE AS $$
    SELECT $1.first + n, substr($1.events, n * 36 + 1, 16), substr($1.events, n * 36 + 17, 16),
           ('x' || encode(substr($1.events, n * 36 + 33, 4), 'hex'))::bit(32)::integer
      FROM generate_series(0, length($1.events) / 36 - 1) AS n
$$;
