-- What every service's schema holds for the bus.  Put into each schema first; search_path is
-- set by the migrator.  Numbers of sites, services and lanes as in proto/registry.txt.

CREATE TABLE partition (
    p        smallint PRIMARY KEY CHECK (p BETWEEN 0 AND 15),
    epoch    bytea    NOT NULL,
    step     bigint   NOT NULL,
    takeover bigint   NOT NULL
) WITH (fillfactor = 10);
INSERT INTO partition SELECT n, '\x00000000000000000000000000000000', 0, 0 FROM generate_series(0, 15) AS n;

-- Moves the fence of each partition from the step that its owner expects, or raises.
CREATE FUNCTION move_fence(p_partition smallint[], p_epoch bytea[], p_step bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    moved integer;
BEGIN
    UPDATE partition AS r
       SET step = r.step + 1
      FROM unnest(p_partition, p_epoch, p_step) AS e(p, epoch, step)
     WHERE r.p = e.p AND r.epoch = e.epoch AND r.step = e.step;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> cardinality(p_partition) THEN
        RAISE EXCEPTION USING ERRCODE = 'LG001', MESSAGE = 'fence moved by another owner';
    END IF;
END $$;

CREATE TABLE member (
    instance bytea       PRIMARY KEY,
    backend  integer     NOT NULL,
    owned    smallint[]  NOT NULL,
    seen     timestamptz NOT NULL
) WITH (fillfactor = 20);

-- Events on their way, in commit order per stream.
CREATE TABLE outbox (
    destination integer  NOT NULL,
    lane        smallint NOT NULL,
    p           smallint NOT NULL,
    number      bigint   NOT NULL,
    type        integer  NOT NULL,
    event_id    bytea    NOT NULL,
    envelope    bytea    NOT NULL,
    PRIMARY KEY (destination, lane, p, number)
);
ALTER TABLE outbox ALTER COLUMN envelope SET STORAGE EXTERNAL;
ALTER TABLE outbox ALTER COLUMN envelope SET STATISTICS 0;

-- Which epoch gave the numbers from first on.
CREATE TABLE stream_epoch (
    destination integer  NOT NULL,
    lane        smallint NOT NULL,
    p           smallint NOT NULL,
    first       bigint   NOT NULL,
    epoch       bytea    NOT NULL,
    PRIMARY KEY (destination, lane, p, first)
);

-- What each reader has applied, by its own last word; a registered reader holds its rows.
CREATE TABLE reader (
    destination integer  NOT NULL,
    lane        smallint NOT NULL,
    p           smallint NOT NULL,
    service     smallint NOT NULL,
    applied     bigint   NOT NULL,
    PRIMARY KEY (destination, lane, p, service)
) WITH (fillfactor = 20);

-- Where this service stands in each stream that it reads: its list of (epoch, last number).
CREATE TABLE position (
    site    integer  NOT NULL,
    service smallint NOT NULL,
    lane    smallint NOT NULL,
    p       smallint NOT NULL,
    epoch   bytea    NOT NULL,
    last    bigint   NOT NULL,
    PRIMARY KEY (site, service, lane, p, epoch)
) WITH (fillfactor = 20);

CREATE TABLE dead_letter (
    letter    bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    p         smallint NOT NULL,
    case_id   bytea    NOT NULL,
    event_id  bytea    NOT NULL,
    type      integer  NOT NULL,
    site      integer  NOT NULL,
    service   smallint NOT NULL,
    reason    text     NOT NULL,
    failed_ms bigint   NOT NULL,
    envelope  bytea    NOT NULL
);
CREATE INDEX dead_letter_case ON dead_letter (case_id);
ALTER TABLE dead_letter ALTER COLUMN envelope SET STATISTICS 0;

-- Later messages of a key whose earlier message is a dead letter: they wait behind it.
CREATE TABLE parked (
    seq      bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    p        smallint NOT NULL,
    case_id  bytea    NOT NULL,
    site     integer  NOT NULL,
    service  smallint NOT NULL,
    envelope bytea    NOT NULL
);
CREATE INDEX parked_case ON parked (case_id, seq);
ALTER TABLE parked ALTER COLUMN envelope SET STATISTICS 0;

-- Messages of a type that this version does not know; applied by the version that does.
CREATE TABLE unhandled (
    seq      bigint   GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    p        smallint NOT NULL,
    case_id  bytea    NOT NULL,
    type     integer  NOT NULL,
    site     integer  NOT NULL,
    service  smallint NOT NULL,
    envelope bytea    NOT NULL
);
ALTER TABLE unhandled ALTER COLUMN envelope SET STATISTICS 0;

-- Same id, same answer.  What is kept: status and a body of ids and counts, no personal data.
CREATE TABLE answer (
    command_id bytea    PRIMARY KEY,
    p          smallint NOT NULL,
    case_id    bytea    NOT NULL,
    type       integer  NOT NULL,
    principal  bytea    NOT NULL,
    digest     bytea    NOT NULL,
    status     smallint NOT NULL,
    body       bytea    NOT NULL,
    at_ms      bigint   NOT NULL
);

-- Append-only, chained: hash = BLAKE2b-256(previous hash | record).
CREATE TABLE audit (
    p      smallint NOT NULL,
    seq    bigint   NOT NULL,
    record bytea    NOT NULL,
    hash   bytea    NOT NULL,
    words  bytea,
    PRIMARY KEY (p, seq)
);

-- Data keys at rest, wrapped under a key-encryption key that lies outside the database.
CREATE TABLE subject_key (
    subject bytea    NOT NULL,
    class   smallint NOT NULL,
    key_id  bytea    NOT NULL,
    epoch   bigint   NOT NULL,
    wrapped bytea    NOT NULL,
    PRIMARY KEY (subject, class, key_id)
);
ALTER TABLE subject_key ALTER COLUMN wrapped SET STATISTICS 0;

-- The service may add to the audit and wipe words (erasure), nothing else: not even its own
-- rows can be changed by the program that wrote them.
DO $$
DECLARE
    service_role text := 'lg_' || current_schema();
BEGIN
    EXECUTE format('REVOKE ALL ON audit FROM %I', service_role);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE (words) ON audit TO %I', service_role);
END $$;
