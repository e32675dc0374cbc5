-- What was here before versions were counted begins with one.

INSERT INTO version (key, version)
SELECT referral_id, 1 FROM need
 UNION
SELECT referral_id, 1 FROM offer
    ON CONFLICT (key) DO NOTHING;
