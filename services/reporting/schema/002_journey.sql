-- What is counted of the journey, and which records a lead confirmed to be one person: ids and
-- counts, no personal data.  Both can be built again from the streams.

-- station '': of no one station.  Names of counters: domain/journey.c.
CREATE TABLE journey_month (
    p       smallint NOT NULL CHECK (p BETWEEN 0 AND 15),
    station text     NOT NULL,
    month   text     NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    counter text     NOT NULL CHECK (counter ~ '^[a-z0-9_]{1,32}$'),
    amount  bigint   NOT NULL,
    PRIMARY KEY (p, station, month, counter)
) WITH (fillfactor = 50);

-- Only added to: told twice it is two rows, which count once (domain/person_pair.c).
CREATE TABLE person_pair (
    p         smallint NOT NULL CHECK (p BETWEEN 0 AND 15),
    seq       bigint   GENERATED ALWAYS AS IDENTITY,
    is_report boolean  NOT NULL,
    left_id   bytea    NOT NULL CHECK (length(left_id) = 16),
    right_id  bytea    NOT NULL CHECK (length(right_id) = 16),
    month     text     NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$')
);
CREATE INDEX person_pair_month ON person_pair (month, left_id, right_id);
CREATE INDEX person_pair_p ON person_pair (p, seq);
