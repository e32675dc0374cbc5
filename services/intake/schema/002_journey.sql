-- What is told one by one at the crossing: impression, answers, who said what of whom, the route,
-- consent, the procedure, missing persons, and what referral and matching tell back.

ALTER TABLE case_file
    DROP CONSTRAINT case_file_state_check,
    ADD CONSTRAINT case_file_state_check CHECK (state IN ('ENGAGED', 'SCREENED', 'IDENTIFIED',
        'RELEASED', 'RESCUED', 'HANDED_OVER', 'REUNITED', 'CLOSED')),
    ADD COLUMN language    text    NOT NULL DEFAULT '' CHECK (language ~ '^([a-z]{2,3})?$'),
    ADD COLUMN denied      text[]  NOT NULL DEFAULT '{}',
    ADD COLUMN is_screened boolean NOT NULL DEFAULT false;
UPDATE case_file
   SET is_screened = true
 WHERE cardinality(indicators) > 0 OR certainty > 0 OR reported_points IS NOT NULL;

CREATE INDEX case_file_newest ON case_file (station, engaged_ms DESC, case_id DESC);

-- kind is what a form says; state is what was said of her since, and by whom.
ALTER TABLE person
    ALTER COLUMN kind DROP NOT NULL,
    ADD COLUMN state       text    NOT NULL DEFAULT 'POSSIBLE' CHECK (state IN ('REGISTERED',
        'SUSPECT', 'POSSIBLE', 'ACTUAL', 'NOT_A_VICTIM')),
    ADD COLUMN state_by    text    NOT NULL DEFAULT 'NONE',
    ADD COLUMN is_told     boolean NOT NULL DEFAULT true,
    ADD COLUMN age_basis   text    NOT NULL DEFAULT 'NONE' CHECK (age_basis IN ('NONE', 'PAPER',
        'STATED', 'GUESSED')),
    ADD COLUMN country     text    NOT NULL DEFAULT '' CHECK (country ~ '^([A-Z]{2})?$'),
    ADD COLUMN route       text    NOT NULL DEFAULT 'NONE' CHECK (route IN ('NONE', 'R0', 'R1',
        'R2', 'R3', 'R4')),
    ADD COLUMN route_by    text    NOT NULL DEFAULT 'NONE',
    ADD COLUMN reason      text    NOT NULL DEFAULT '' CHECK (octet_length(reason) <= 32),
    ADD COLUMN rescued_ms  bigint  NOT NULL DEFAULT 0,
    ADD COLUMN callback_ms bigint  NOT NULL DEFAULT 0;
UPDATE person SET state = 'SUSPECT' WHERE kind = 'SUSPECT';
ALTER TABLE person ALTER COLUMN state DROP DEFAULT, ALTER COLUMN is_told DROP DEFAULT;

-- Names that came later: each is kept, none is overwritten.
CREATE TABLE person_alias (
    case_id   bytea  NOT NULL,
    alias_id  bytea  NOT NULL CHECK (length(alias_id) = 16),
    person_id bytea  NOT NULL CHECK (length(person_id) = 16),
    event_id  bytea  NOT NULL CHECK (length(event_id) = 16),
    heard_ms  bigint NOT NULL,
    sealed    bytea  NOT NULL,
    PRIMARY KEY (case_id, alias_id)
);
ALTER TABLE person_alias ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE person_alias ALTER COLUMN sealed SET STATISTICS 0;

CREATE TABLE consent (
    case_id          bytea   NOT NULL,
    consent_id       bytea   NOT NULL CHECK (length(consent_id) = 16),
    person_id        bytea   NOT NULL CHECK (length(person_id) = 16),
    purpose          text    NOT NULL,
    recipient        text    NOT NULL CHECK (octet_length(recipient) <= 64),
    state            text    NOT NULL CHECK (state IN ('GIVEN', 'REFUSED', 'WITHDRAWN',
        'BEST_INTEREST', 'PROPOSED')),
    given_ms         bigint  NOT NULL,
    language         text    NOT NULL,
    manner           text    NOT NULL,
    giver            text    NOT NULL,
    child_view       text    NOT NULL,
    caregiver_agrees boolean NOT NULL,
    recorded_by      bytea   NOT NULL,
    second_by        bytea   NOT NULL,
    PRIMARY KEY (case_id, consent_id),
    UNIQUE (case_id, person_id, purpose, recipient)
);

CREATE TABLE procedure_step (
    case_id   bytea  NOT NULL,
    person_id bytea  NOT NULL CHECK (length(person_id) = 16),
    step      text   NOT NULL CHECK (octet_length(step) <= 16),
    state     text   NOT NULL CHECK (state IN ('DONE', 'NOT_APPLICABLE')),
    done_ms   bigint NOT NULL,
    because   text   NOT NULL CHECK (octet_length(because) <= 32),
    proof     text   NOT NULL CHECK (octet_length(proof) <= 64),
    done_by   bytea  NOT NULL,
    PRIMARY KEY (case_id, person_id, step)
);

CREATE TABLE missing_report (
    report_id   bytea    PRIMARY KEY CHECK (length(report_id) = 16),
    state       text     NOT NULL CHECK (state IN ('REPORTED', 'FOUND')),
    since_ms    bigint   NOT NULL,
    sex         text     NOT NULL,
    age_years   smallint CHECK (age_years BETWEEN 0 AND 120),
    district    text     NOT NULL,
    country     text     NOT NULL,
    event_id    bytea    NOT NULL CHECK (length(event_id) = 16),
    sealed      bytea    NOT NULL,
    recorded_by bytea    NOT NULL,
    recorded_ms bigint   NOT NULL
);
ALTER TABLE missing_report ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE missing_report ALTER COLUMN sealed SET STATISTICS 0;

-- What matching told of this case or report.
CREATE TABLE case_match (
    case_id    bytea   NOT NULL,
    match_id   bytea   NOT NULL CHECK (length(match_id) = 16),
    other_case bytea   NOT NULL,
    is_report  boolean NOT NULL,
    PRIMARY KEY (case_id, match_id)
);
