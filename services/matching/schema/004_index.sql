-- Candidates come from the index in memory: the view that looked at the latest records is not
-- asked any more.

DROP VIEW candidate;

-- Strong matches are judged by two persons, neither seeing the other's word; what was confirmed may
-- be undone.  state is what everybody may see: a first word stands beside it.

ALTER TABLE match
    ADD COLUMN weights_version integer NOT NULL DEFAULT 1,
    ADD COLUMN needs_two       boolean NOT NULL DEFAULT false,
    ADD COLUMN first_verdict   text CHECK (first_verdict IN ('YES', 'NO')),
    ADD COLUMN first_by        bytea CHECK (length(first_by) = 16),
    ADD COLUMN second_by       bytea CHECK (length(second_by) = 16),
    ADD COLUMN undone_ms       bigint,
    ADD COLUMN undone_by       bytea,
    ADD COLUMN undone_why      text CHECK (undone_why IN ('ANOTHER_PERSON', 'BY_MISTAKE', 'SHE_DENIES_IT')),
    DROP CONSTRAINT match_state_check,
    ADD CONSTRAINT match_state_check CHECK (state IN ('PROPOSED', 'DISPUTED', 'CONFIRMED', 'REJECTED',
        'WITHDRAWN', 'UNDONE'));

-- Suspects are known, too, and where everybody was met.

ALTER TABLE person_record
    ADD COLUMN station text NOT NULL DEFAULT '' CHECK (octet_length(station) <= 8),
    DROP CONSTRAINT person_record_kind_check,
    ADD CONSTRAINT person_record_kind_check CHECK (kind IN ('RESCUED', 'MISSING', 'SUSPECT'));

-- Who was met again, once for each pair of records.  Codes and times alone.

CREATE TABLE watch (
    record_id       bytea   NOT NULL CHECK (length(record_id) = 16),
    before_id       bytea   NOT NULL CHECK (length(before_id) = 16),
    kind            text    NOT NULL CHECK (kind IN ('SEEN_TWICE', 'SUSPECT_SEEN')),
    corridor        text    NOT NULL CHECK (octet_length(corridor) <= 32),
    probability_ppm integer NOT NULL CHECK (probability_ppm BETWEEN 0 AND 1000000),
    raised_ms       bigint  NOT NULL,
    PRIMARY KEY (record_id, before_id)
);
