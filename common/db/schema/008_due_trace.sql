-- Which request set a deadline: trace id 16 bytes, parent span 8; empty: none.
ALTER TABLE due ADD COLUMN trace bytea NOT NULL DEFAULT '';
