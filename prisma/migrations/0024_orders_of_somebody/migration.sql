-- Somebody's orders of some time: who orders often has many more, and all of hers were read. What the 17 who ordered most in a shop of a million people spent in 90 days
-- takes 0.3 ms instead of 1.3.
-- DropIndex
DROP INDEX "placed_order_shop_id_profile_id_idx";

-- CreateIndex
CREATE INDEX "placed_order_shop_id_profile_id_placed_at_idx" ON "placed_order"("shop_id", "profile_id", "placed_at");
