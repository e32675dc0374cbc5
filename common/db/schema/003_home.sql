-- The machine on which this database was last at home: a copy that wakes on another one sends
-- nothing until somebody says that it has moved.

CREATE TABLE home (
    one     boolean PRIMARY KEY DEFAULT true CHECK (one),
    machine bytea   NOT NULL CHECK (length(machine) = 16)
);
