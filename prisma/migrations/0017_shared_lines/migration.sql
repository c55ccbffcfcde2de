-- People who move together share a line of the change log.
ALTER TABLE "membership_change" ADD COLUMN     "profile_ids" UUID[];

UPDATE membership_change SET profile_ids = ARRAY[profile_id];

ALTER TABLE "membership_change" DROP COLUMN "profile_id";
