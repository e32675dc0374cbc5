-- Who owned a partition last and has not given it back: whoever comes after a death handles what
-- comes first one by one, and keeps here what it is about to try, so that an event that kills is
-- known after its second death.  What an earlier version did not know is found by type.

CREATE TABLE trial (
    p        smallint PRIMARY KEY CHECK (p BETWEEN 0 AND 15),
    owner    bytea    NOT NULL,
    event_id bytea    NOT NULL,
    deaths   integer  NOT NULL
) WITH (fillfactor = 20);
INSERT INTO trial SELECT n, '', '\x00000000000000000000000000000000', 0 FROM generate_series(0, 15) AS n;

CREATE INDEX unhandled_type ON unhandled (p, type, seq);
