-- Partners across the border are asked for whom somebody agreed to; a question stands where it was
-- asked until it expires, and then is deleted.

ALTER TABLE person_record
    ADD COLUMN abroad  text  NOT NULL DEFAULT 'UNSAID' CHECK (abroad IN ('UNSAID', 'GIVEN', 'BEST_INTEREST',
        'FAMILY', 'REFUSED')),
    ADD COLUMN officer bytea CHECK (length(officer) = 16);

-- Whom a question is compared with lies in memory (memory/encodings): all, not the latest.
DROP VIEW traceable;
DROP INDEX person_record_traceable;

ALTER TABLE trace
    ADD COLUMN officer    bytea  CHECK (length(officer) = 16),
    ADD COLUMN encodings  bytea  CHECK (length(encodings) = 512), -- of a question that stands here
    ADD COLUMN expires_ms bigint,
    DROP CONSTRAINT trace_state_check,
    ADD CONSTRAINT trace_state_check CHECK (state IN ('ASKED', 'NO_HIT', 'OPEN', 'ALIKE', 'WE_AGREE',
        'THEY_AGREE', 'AGREED', 'DECLINED'));
UPDATE trace SET expires_ms = (period + 2) * 2592000000;
ALTER TABLE trace
    ALTER COLUMN expires_ms SET NOT NULL,
    ADD CHECK ((state = 'OPEN') = (encodings IS NOT NULL)),
    ALTER COLUMN encodings SET STORAGE EXTERNAL,
    ALTER COLUMN encodings SET STATISTICS 0;
CREATE INDEX trace_open ON trace (expires_ms) WHERE state = 'OPEN';
CREATE INDEX trace_record ON trace (record_id);
