-- A pair that was taken back is told by a row of its own: rows are only ever added, and so their order
-- is nobody's matter.

ALTER TABLE person_pair ADD COLUMN is_undone boolean NOT NULL DEFAULT false;

CREATE INDEX person_pair_undone ON person_pair (left_id, right_id) WHERE is_undone;
