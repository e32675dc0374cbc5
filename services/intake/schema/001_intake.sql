-- What intake keeps: cases, the persons listed in them, and when each step was taken.
-- Names of persons lie in person.sealed alone.  search_path is set by the migrator.

CREATE TABLE case_file (
    case_id                bytea    PRIMARY KEY CHECK (length(case_id) = 16),
    state                  text     NOT NULL CHECK (state IN ('ENGAGED', 'SCREENED', 'IDENTIFIED')),
    station                text     NOT NULL CHECK (station ~ '^[A-Z]{1,8}$'),
    engaged_ms             bigint   NOT NULL,
    stated_victims         integer  NOT NULL CHECK (stated_victims BETWEEN 0 AND 1000),
    stated_suspects        integer  CHECK (stated_suspects BETWEEN 0 AND 1000),
    reported_points        integer  CHECK (reported_points BETWEEN -10000 AND 10000),
    certainty              smallint NOT NULL CHECK (certainty BETWEEN 0 AND 5),
    indicators             text[]   NOT NULL,
    indicator_version      integer  NOT NULL,
    points                 integer  NOT NULL,
    points_without_history integer  NOT NULL CHECK (points_without_history <= points),
    victims                integer  NOT NULL,
    suspects               integer  NOT NULL,
    steps                  integer  NOT NULL,
    digest                 bytea    NOT NULL CHECK (length(digest) = 32),
    recorded_by            bytea    NOT NULL,
    recorded_ms            bigint   NOT NULL
);

-- No foreign key: a case and its persons are one transaction of one function.
CREATE TABLE person (
    person_id bytea    NOT NULL CHECK (length(person_id) = 16),
    case_id   bytea    NOT NULL,
    ordinal   smallint NOT NULL CHECK (ordinal BETWEEN 0 AND 63),
    event_id  bytea    NOT NULL CHECK (length(event_id) = 16),
    kind      text     NOT NULL CHECK (kind IN ('POTENTIAL_VICTIM', 'SUSPECT')),
    sex       text     NOT NULL CHECK (sex IN ('FEMALE', 'MALE', 'OTHER_SEX', 'NOT_RECORDED')),
    age_years smallint CHECK (age_years BETWEEN 0 AND 120),
    district  text     NOT NULL CHECK (octet_length(district) <= 64),
    relation  text     NOT NULL CHECK (octet_length(relation) <= 64),
    sealed    bytea,
    PRIMARY KEY (case_id, ordinal)
);
ALTER TABLE person ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE person ALTER COLUMN sealed SET STATISTICS 0;

CREATE TABLE case_step (
    case_id     bytea   NOT NULL,
    step        integer NOT NULL,
    what        text    NOT NULL,
    event_id    bytea   NOT NULL,
    recorded_ms bigint  NOT NULL,
    wait_us     bigint  NOT NULL,
    work_us     bigint  NOT NULL,
    PRIMARY KEY (case_id, step)
);
