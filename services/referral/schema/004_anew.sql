-- What a desk tells again to a home that has lost it: why it said no (DeclineReason of proto/referral.proto), and
-- since when she is where she is now.  0: not so, or that was before these columns.

ALTER TABLE offer ADD COLUMN reason smallint NOT NULL DEFAULT 0 CHECK (reason BETWEEN 0 AND 5);
ALTER TABLE offer ADD COLUMN since_ms bigint NOT NULL DEFAULT 0;
