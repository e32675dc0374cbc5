-- Envelopes are mostly sealed bytes, as good as random: nothing is won by trying to compress one that waits.

ALTER TABLE dead_letter ALTER COLUMN envelope SET STORAGE EXTERNAL;
ALTER TABLE parked ALTER COLUMN envelope SET STORAGE EXTERNAL;
ALTER TABLE unhandled ALTER COLUMN envelope SET STORAGE EXTERNAL;
