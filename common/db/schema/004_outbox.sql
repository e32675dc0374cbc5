-- Events on their way, many to a row: what one transaction published in one stream, cut at 8,000
-- bytes so that a row fills a page and needs no side table (measured, 519-byte events: 0.3 of the
-- time of a row per event).
--
-- Segments: 0 is the journal of this site, from which projections rebuild; it is kept as long as
-- the cases.  What is for other sites lies in one segment after the other, which are dropped
-- whole, and only when no registered reader can ask for any of it again (common/stream/retention).

ALTER TABLE outbox RENAME TO outbox_before;
ALTER INDEX outbox_pkey RENAME TO outbox_before_pkey;

CREATE TABLE outbox (
    segment     integer  NOT NULL,
    destination integer  NOT NULL,
    lane        smallint NOT NULL,
    p           smallint NOT NULL,
    first       bigint   NOT NULL,
    through     bigint   NOT NULL CHECK (through >= first),
    heads       bytea    NOT NULL CHECK (length(heads) = 24 * (through - first + 1)),
    run         bytea    NOT NULL,
    PRIMARY KEY (destination, lane, p, through, segment),
    CHECK ((destination = 0) = (segment = 0))
) PARTITION BY LIST (segment);
-- heads: of each event its type and size (4 bytes each, big endian) and its id; run: the envelopes,
-- one behind the other.
ALTER TABLE outbox ALTER COLUMN heads SET STORAGE EXTERNAL;
ALTER TABLE outbox ALTER COLUMN run SET STORAGE EXTERNAL;
ALTER TABLE outbox ALTER COLUMN heads SET STATISTICS 0;
ALTER TABLE outbox ALTER COLUMN run SET STATISTICS 0;

CREATE TABLE outbox_journal PARTITION OF outbox FOR VALUES IN (0) WITH (toast_tuple_target = 8160);

CREATE TABLE outbox_segment (
    segment  integer     PRIMARY KEY,
    begun_at timestamptz NOT NULL DEFAULT now()
);

-- through floor a reader cannot ask again; marks: since when it has stood where, as the service
-- keeps them.
ALTER TABLE reader ADD COLUMN floor bigint NOT NULL DEFAULT 0;
ALTER TABLE reader ADD COLUMN marks bytea NOT NULL DEFAULT '';
ALTER TABLE reader ALTER COLUMN marks SET STATISTICS 0;

-- The number up to which a stream's rows were dropped: its head and history outlive them.
CREATE TABLE outbox_dropped (
    destination integer  NOT NULL,
    lane        smallint NOT NULL,
    p           smallint NOT NULL,
    through     bigint   NOT NULL,
    PRIMARY KEY (destination, lane, p)
);

-- The segment to write to; a new one is begun when the newest is older than that.
CREATE FUNCTION current_outbox_segment(p_older_than interval) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    newest integer;
BEGIN
    SELECT max(segment) INTO newest FROM outbox_segment WHERE begun_at > now() - p_older_than;
    IF newest IS NOT NULL THEN
        RETURN newest;
    END IF;
    LOCK TABLE outbox_segment IN EXCLUSIVE MODE;
    SELECT max(segment) INTO newest FROM outbox_segment WHERE begun_at > now() - p_older_than;
    IF newest IS NULL THEN
        INSERT INTO outbox_segment (segment)
        SELECT coalesce(max(segment), 0) + 1 FROM outbox_segment
        RETURNING segment INTO newest;
        EXECUTE format('CREATE TABLE outbox_%s PARTITION OF outbox FOR VALUES IN (%s)'
                       ' WITH (toast_tuple_target = 8160)', newest, newest);
    END IF;
    RETURN newest;
END $$;

-- Drops the oldest segment, if it was closed so long ago.  Never the newest; never one before an
-- older one; whoever asks, never one that a reader may still ask for.  Returns whether.
CREATE FUNCTION drop_outbox_segment(p_kept interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    oldest integer;
BEGIN
    SET LOCAL lock_timeout = '1s';
    SELECT s.segment INTO oldest
      FROM outbox_segment AS s
     WHERE s.segment = (SELECT min(segment) FROM outbox_segment)
       AND EXISTS (SELECT
                     FROM outbox_segment AS n
                    WHERE n.segment > s.segment AND n.begun_at <= now() - p_kept)
       FOR UPDATE;
    IF oldest IS NULL OR EXISTS (
           SELECT
             FROM (SELECT destination, lane, p, max(through) AS through
                     FROM outbox
                    WHERE segment = oldest
                    GROUP BY destination, lane, p) AS o
             JOIN reader AS r USING (destination, lane, p)
            WHERE r.floor < o.through) THEN
        RETURN false;
    END IF;
    INSERT INTO outbox_dropped (destination, lane, p, through)
    SELECT destination, lane, p, max(through)
      FROM outbox
     WHERE segment = oldest
     GROUP BY destination, lane, p
        ON CONFLICT (destination, lane, p) DO UPDATE SET through = EXCLUDED.through;
    EXECUTE format('DROP TABLE outbox_%s', oldest);
    DELETE FROM outbox_segment WHERE segment = oldest;
    RETURN true;
END $$;

-- One event a row, for people and tests.
CREATE VIEW outbox_event AS
SELECT o.segment, o.destination, o.lane, o.p, o.first + e.n AS number,
       (get_byte(o.heads, e.n * 24) << 24) + (get_byte(o.heads, e.n * 24 + 1) << 16)
       + (get_byte(o.heads, e.n * 24 + 2) << 8) + get_byte(o.heads, e.n * 24 + 3) AS type,
       substr(o.heads, e.n * 24 + 9, 16) AS event_id,
       (get_byte(o.heads, e.n * 24 + 4) << 24) + (get_byte(o.heads, e.n * 24 + 5) << 16)
       + (get_byte(o.heads, e.n * 24 + 6) << 8) + get_byte(o.heads, e.n * 24 + 7) AS size_bytes
  FROM outbox AS o, generate_series(0, (o.through - o.first)::integer) AS e(n);

SELECT current_outbox_segment('1 day');
INSERT INTO outbox (segment, destination, lane, p, first, through, heads, run)
SELECT CASE WHEN destination = 0 THEN 0 ELSE 1 END, destination, lane, p, number, number,
       int4send(type) || int4send(length(envelope)) || event_id, envelope
  FROM outbox_before;
DROP TABLE outbox_before;

-- Written by the functions alone.
DO $$
DECLARE
    service_role text := 'lg_' || current_schema();
BEGIN
    EXECUTE format('REVOKE ALL ON outbox_segment, outbox_dropped, outbox_event FROM %I', service_role);
    EXECUTE format('GRANT SELECT ON outbox_segment, outbox_dropped, outbox_event TO %I', service_role);
END $$;
