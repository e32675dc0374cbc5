-- What no plan depends on has no statistics (common/db/schema/010_statistics.sql).
ALTER TABLE case_file
    ALTER COLUMN indicators  SET STATISTICS 0,
    ALTER COLUMN denied      SET STATISTICS 0,
    ALTER COLUMN digest      SET STATISTICS 0,
    ALTER COLUMN recorded_by SET STATISTICS 0,
    ALTER COLUMN recorded_ms SET STATISTICS 0;
ALTER TABLE person
    ALTER COLUMN event_id SET STATISTICS 0;
ALTER TABLE case_step
    ALTER COLUMN event_id    SET STATISTICS 0,
    ALTER COLUMN what        SET STATISTICS 0,
    ALTER COLUMN recorded_ms SET STATISTICS 0,
    ALTER COLUMN wait_us     SET STATISTICS 0,
    ALTER COLUMN work_us     SET STATISTICS 0;
