-- Sites that were told of all organisations of this one; whoever is linked later is told then.
CREATE TABLE directory_told (
    site integer PRIMARY KEY CHECK (site BETWEEN 1 AND 65535)
);

-- The clock that looks whether somebody was not: DirectoryDue, under the zero key (partition 8).
INSERT INTO due (due_id, p, key, type, due_ms, message)
VALUES ('\x00000000000000000000000000000e13', 8, '\x00000000000000000000000000000000', 3603, 0, '');
