-- How far somebody is searched for: a closed case leaves the searches, its person is known for 12
-- months more, then who she was is erased.

ALTER TABLE person_record
    ADD COLUMN sought    text NOT NULL DEFAULT 'SOUGHT' CHECK (sought IN ('SOUGHT', 'LEFT', 'CLOSED', 'FORGOTTEN')),
    ADD COLUMN closed_ms bigint,
    ADD CHECK (sought = 'SOUGHT' OR closed_ms IS NOT NULL),
    ADD CHECK (sought <> 'FORGOTTEN' OR sealed IS NULL);

CREATE OR REPLACE VIEW traceable AS
SELECT r.record_id, r.place
  FROM person_record AS r
 WHERE r.state = 'INDEXED' AND r.sought IN ('SOUGHT', 'LEFT')
 ORDER BY r.place DESC
 LIMIT 500;
