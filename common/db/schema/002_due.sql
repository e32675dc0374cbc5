-- Deadlines: rows read by the partition's owner and deleted in the transaction of what is decided.

CREATE TABLE due (
    due_id  bytea    PRIMARY KEY,
    p       smallint NOT NULL,
    key     bytea    NOT NULL,
    type    integer  NOT NULL,
    due_ms  bigint   NOT NULL,
    message bytea    NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX due_when ON due (p, due_ms);
