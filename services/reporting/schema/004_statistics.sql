-- What no plan depends on has no statistics (common/db/schema/010_statistics.sql).
ALTER TABLE case_event
    ALTER COLUMN event_id    SET STATISTICS 0,
    ALTER COLUMN recorded_ms SET STATISTICS 0,
    ALTER COLUMN arrived_ms  SET STATISTICS 0,
    ALTER COLUMN applied_ms  SET STATISTICS 0,
    ALTER COLUMN wait_us     SET STATISTICS 0,
    ALTER COLUMN work_us     SET STATISTICS 0,
    ALTER COLUMN parent_span SET STATISTICS 0,
    ALTER COLUMN waited_us   SET STATISTICS 0,
    ALTER COLUMN worked_us   SET STATISTICS 0,
    ALTER COLUMN told_ms     SET STATISTICS 0;
