-- Sealed bytes are as good as random: compressing them was tried in vain for every row above 2 KB.

ALTER TABLE referral ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE referral ALTER COLUMN code_sealed SET STORAGE EXTERNAL;
ALTER TABLE offer ALTER COLUMN sealed SET STORAGE EXTERNAL;
