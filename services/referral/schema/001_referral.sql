-- What referral keeps: referrals of this site, offers that lie on desks of this site, what is needed
-- by whom, the steps of both, and the directory.  Names lie in the sealed columns alone.
-- search_path is set by the migrator.

-- What an organisation must know to answer; the same for both sides.
CREATE TABLE need (
    referral_id bytea    PRIMARY KEY CHECK (length(referral_id) = 16),
    route       text     NOT NULL CHECK (route IN ('R0_ADVISE', 'R1_HAND_BACK', 'R2_INDIAN_PROCEEDINGS',
                                                   'R3_STOPPED_IN_NEPAL', 'R4_INDIAN_CITIZEN')),
    sex         text     NOT NULL CHECK (sex IN ('FEMALE', 'MALE', 'OTHER_SEX', 'NOT_RECORDED')),
    age_years   smallint CHECK (age_years BETWEEN 0 AND 120),
    urgency     text     NOT NULL CHECK (urgency IN ('ROUTINE', 'URGENT', 'EMERGENCY')),
    district    text     NOT NULL,
    country     text     NOT NULL,
    services    text     NOT NULL,
    station     text     NOT NULL
);

-- Referrals that this site made and decides.
CREATE TABLE referral (
    referral_id     bytea    PRIMARY KEY CHECK (length(referral_id) = 16),
    case_id         bytea    NOT NULL CHECK (length(case_id) = 16),
    state           text     NOT NULL CHECK (state IN ('NEW', 'OFFERED', 'DELIVERED', 'ANSWERED', 'DECLINED',
                             'ESCALATED', 'ACCEPTED', 'GAVE', 'TOOK', 'HANDED_OVER', 'REHABILITATION',
                             'REUNIFIED', 'CLOSED', 'WITHDRAWN', 'DESTROYED')),
    sharing         text     NOT NULL,
    person_id       bytea    NOT NULL CHECK (length(person_id) = 16),
    asked           bytea    NOT NULL CHECK (length(asked) % 16 = 0),
    organisation_id bytea    CHECK (length(organisation_id) = 16),
    round           integer  NOT NULL,
    deadline_ms     bigint   NOT NULL,
    escalation      text     NOT NULL,
    level           integer  NOT NULL,
    guesses         smallint NOT NULL,
    gave_ms         bigint   NOT NULL,
    took_ms         bigint   NOT NULL,
    call_back_ms    bigint   NOT NULL,
    matches         smallint NOT NULL CHECK (matches BETWEEN 0 AND 3),
    began_ms        bigint   NOT NULL,
    changed_ms      bigint   NOT NULL,
    version         integer  NOT NULL,
    sealed_in       bytea    NOT NULL,
    sealed          bytea    NOT NULL,
    code_in         bytea    NOT NULL,
    code_sealed     bytea    NOT NULL,
    code_hash       bytea    NOT NULL CHECK (length(code_hash) IN (0, 32))
) WITH (fillfactor = 70);
CREATE INDEX referral_open ON referral (referral_id)
    WHERE state NOT IN ('NEW', 'DECLINED', 'CLOSED', 'WITHDRAWN', 'DESTROYED');
ALTER TABLE referral ALTER COLUMN sealed SET STATISTICS 0;
ALTER TABLE referral ALTER COLUMN code_sealed SET STATISTICS 0;

-- Referrals that an organisation of this site was asked for.
CREATE TABLE offer (
    referral_id     bytea    PRIMARY KEY CHECK (length(referral_id) = 16),
    case_id         bytea    NOT NULL CHECK (length(case_id) = 16),
    organisation_id bytea    NOT NULL CHECK (length(organisation_id) = 16),
    state           text     NOT NULL CHECK (state IN ('DELIVERED', 'ANSWERED', 'DECLINED', 'PASSED', 'ACCEPTED',
                             'GAVE', 'TOOK', 'HANDED_OVER', 'REHABILITATION', 'REUNIFIED', 'CLOSED',
                             'WITHDRAWN', 'DESTROYED')),
    round           integer  NOT NULL,
    received_ms     bigint   NOT NULL,
    answer_by_ms    bigint   NOT NULL,
    has_place       boolean  NOT NULL,
    code_hash       bytea    NOT NULL CHECK (length(code_hash) IN (0, 32)),
    guesses         smallint NOT NULL,
    gave_ms         bigint   NOT NULL,
    took_ms         bigint   NOT NULL,
    aftercare_ms    bigint   NOT NULL,
    visits          smallint NOT NULL CHECK (visits BETWEEN 0 AND 4),
    told            smallint NOT NULL CHECK (told BETWEEN 0 AND 4),
    changed_ms      bigint   NOT NULL,
    version         integer  NOT NULL,
    sealed_in       bytea    NOT NULL,
    sealed          bytea    NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX offer_of_organisation ON offer (organisation_id, referral_id);
ALTER TABLE offer ALTER COLUMN sealed SET STATISTICS 0;

-- What happened, in commit order; is_desk: of the offer, else of the referral.
CREATE TABLE referral_step (
    referral_id     bytea   NOT NULL,
    is_desk         boolean NOT NULL,
    seq             bigint  GENERATED ALWAYS AS IDENTITY,
    what            text    NOT NULL,
    by              text    NOT NULL,
    at_ms           bigint  NOT NULL,
    organisation_id bytea,
    detail          text    NOT NULL,
    PRIMARY KEY (referral_id, is_desk, seq)
);

-- The directory, own and others'.  takes: 1 women, 2 girls, 4 men, 8 boys.
CREATE TABLE organisation (
    organisation_id bytea    PRIMARY KEY CHECK (length(organisation_id) = 16),
    code            text     NOT NULL UNIQUE,
    name            text     NOT NULL,
    country         text     NOT NULL CHECK (country IN ('NP', 'IN')),
    districts       text     NOT NULL,
    services        text     NOT NULL,
    takes           smallint NOT NULL CHECK (takes BETWEEN 1 AND 15),
    free_places     integer  NOT NULL CHECK (free_places BETWEEN 0 AND 1000),
    is_closed       boolean  NOT NULL,
    version         integer  NOT NULL,
    accepted        integer  NOT NULL,
    declined        integer  NOT NULL,
    silent          integer  NOT NULL
) WITH (fillfactor = 70);

-- Who works for which organisation.
CREATE TABLE staff (
    user_id         bytea PRIMARY KEY CHECK (length(user_id) = 16),
    organisation_id bytea NOT NULL
);
