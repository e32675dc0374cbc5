-- Which request set an event off (W3C Trace Context), and what the service that published it took.
-- told_ms: from the cause's recording or due time to its arrival there; -1: a command, which came
-- straight from a client.
ALTER TABLE case_event
    ADD COLUMN site        integer  NOT NULL DEFAULT 0,
    ADD COLUMN service     smallint NOT NULL DEFAULT 0,
    ADD COLUMN trace_id    bytea    NOT NULL DEFAULT '',
    ADD COLUMN parent_span bytea    NOT NULL DEFAULT '',
    ADD COLUMN waited_us   bigint   NOT NULL DEFAULT 0,
    ADD COLUMN worked_us   bigint   NOT NULL DEFAULT 0,
    ADD COLUMN told_ms     bigint   NOT NULL DEFAULT -1;

-- What a command caused is found by its case; only what an event caused may be another case's.
CREATE INDEX case_event_trace ON case_event (trace_id) WHERE told_ms >= 0;
