-- What reporting keeps: totals and traces, no personal data.  Everything here can be dropped
-- and built again from the streams.  search_path is set by the migrator.

CREATE TABLE interception_month (
    p               smallint NOT NULL CHECK (p BETWEEN 0 AND 15),
    station         text     NOT NULL,
    month           text     NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
    interceptions   bigint   NOT NULL,
    victims         bigint   NOT NULL,
    suspects        bigint   NOT NULL,
    stated_victims  bigint   NOT NULL,
    stated_suspects bigint   NOT NULL,
    points          bigint   NOT NULL,
    points_differ   bigint   NOT NULL,
    PRIMARY KEY (p, station, month)
) WITH (fillfactor = 50);

-- Nothing is unique but the order of effect: an event that took effect twice must show.
CREATE TABLE case_event (
    p           smallint NOT NULL CHECK (p BETWEEN 0 AND 15),
    case_id     bytea    NOT NULL,
    seq         bigint   GENERATED ALWAYS AS IDENTITY,
    event_id    bytea    NOT NULL,
    type        integer  NOT NULL,
    recorded_ms bigint   NOT NULL,
    arrived_ms  bigint   NOT NULL,
    applied_ms  bigint   NOT NULL,
    wait_us     bigint   NOT NULL,
    work_us     bigint   NOT NULL
);
CREATE INDEX case_event_case ON case_event (p, case_id, seq);
