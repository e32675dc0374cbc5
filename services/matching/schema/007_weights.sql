-- Weights that were learned.  Version 1 is the file's and has no row.

CREATE TABLE learned_weights (
    version        integer PRIMARY KEY CHECK (version > 1),
    weights        bytea   NOT NULL, -- encoded MatchWeights
    same_count     integer NOT NULL,
    other_count    integer NOT NULL,
    held_out_count integer NOT NULL,
    loss_before_mb integer NOT NULL, -- thousandths of a bit that a held-out pair costs
    loss_after_mb  integer NOT NULL,
    learned_ms     bigint  NOT NULL,
    learned_by     bytea   NOT NULL CHECK (length(learned_by) = 16)
);
