-- What was heard from other sites, without content, so that a publisher's lost commits can be named: when
-- it comes back from an older backup, or from a standby that was behind, what was applied here of
-- the dead branch moves from heard to lost in the transaction that goes back.  Kept 90 days.

CREATE TABLE heard (
    site     integer  NOT NULL,
    service  smallint NOT NULL,
    lane     smallint NOT NULL,
    p        smallint NOT NULL,
    number   bigint   NOT NULL,
    event_id bytea    NOT NULL,
    case_id  bytea    NOT NULL,
    type     integer  NOT NULL,
    heard_ms bigint   NOT NULL,
    PRIMARY KEY (site, service, lane, p, number)
);
CREATE INDEX heard_when ON heard (p, heard_ms);
CREATE INDEX heard_case ON heard (case_id, type);

CREATE TABLE lost (
    seq        bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site       integer  NOT NULL,
    service    smallint NOT NULL,
    event_id   bytea    NOT NULL,
    case_id    bytea    NOT NULL,
    type       integer  NOT NULL,
    noticed_ms bigint   NOT NULL
);
