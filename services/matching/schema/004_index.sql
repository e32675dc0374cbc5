-- Candidates come from the index in memory: the view that looked at the latest records is not
-- asked any more.

DROP VIEW candidate;
