-- How often the thing of a key has changed: what If-Match is compared with.

CREATE TABLE version (
    key     bytea  PRIMARY KEY,
    version bigint NOT NULL
) WITH (fillfactor = 50);
ALTER TABLE version ALTER COLUMN key SET STATISTICS 0;
