-- What was here before versions were counted begins with one.

INSERT INTO version (key, version)
SELECT subscription_id, 1 FROM subscription
    ON CONFLICT (key) DO NOTHING;
