-- Persons asked for at another site, and those that this one was asked for.  No encoding is kept:
-- what was asked is compared once, when it comes.

CREATE TABLE trace (
    trace_id   bytea   PRIMARY KEY CHECK (length(trace_id) = 16),
    state      text    NOT NULL CHECK (state IN ('ASKED', 'NO_HIT', 'ALIKE', 'WE_AGREE', 'THEY_AGREE',
        'AGREED', 'DECLINED')),
    asked_here boolean NOT NULL,
    other_site integer NOT NULL CHECK (other_site BETWEEN 1 AND 65535),
    record_id  bytea   CHECK (length(record_id) = 16), -- NULL: nobody was alike
    token      bytea   NOT NULL CHECK (length(token) = 16),
    period     bigint  NOT NULL,
    asked_ms   bigint  NOT NULL,
    names_in   bytea   CHECK (length(names_in) = 16),
    names      bytea,
    CHECK ((names_in IS NULL) = (names IS NULL))
);
CREATE INDEX trace_asked ON trace (asked_ms, trace_id);
CREATE INDEX trace_budget ON trace (other_site, period) WHERE NOT asked_here;

-- Whom a question from another site is compared with: the latest, as far as they may be traced.
CREATE INDEX person_record_traceable ON person_record (place) WHERE state = 'INDEXED';
CREATE VIEW traceable AS
SELECT r.record_id, r.place
  FROM person_record AS r
 WHERE r.state = 'INDEXED'
 ORDER BY r.place DESC
 LIMIT 500;
