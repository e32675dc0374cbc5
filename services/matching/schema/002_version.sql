-- What was here before versions were counted begins with one.

INSERT INTO version (key, version)
SELECT match_id, 1 FROM match
    ON CONFLICT (key) DO NOTHING;
