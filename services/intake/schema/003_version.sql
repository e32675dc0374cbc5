-- What was here before versions were counted begins with one.

INSERT INTO version (key, version)
SELECT case_id, 1 FROM case_file
 UNION
SELECT report_id, 1 FROM missing_report
    ON CONFLICT (key) DO NOTHING;
