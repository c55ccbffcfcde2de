-- Ids are of one shop alone: without the shop before them the index is smaller, and each row that comes in costs less.
DROP INDEX "membership_shop_id_profile_id_idx";
CREATE INDEX "membership_profile_id_idx" ON "membership"("profile_id");
