-- What most buyers are asked for stands in a small index; the arrays stand in another, with those alone of whom they say more than that.
-- DropIndex
DROP INDEX "buyer_lately";

-- CreateIndex
CREATE INDEX "buyer_lately" ON "buyer" ("shop_id", "last_at", "net_minor", "first_at") INCLUDE ("profile_id", "order_count");

-- CreateIndex
CREATE INDEX "buyer_often" ON "buyer" ("shop_id", "last_at", "first_at") INCLUDE ("profile_id", "order_count", "net_minor", "moments", "amounts") WHERE order_count >= 2;

-- Everybody who is still there, and nobody else: half as large where many were given ids in rising order.
-- DropIndex
DROP INDEX "profile_country";

-- CreateIndex
CREATE INDEX "profile_country" ON "profile" ("shop_id", "country") INCLUDE ("id") WHERE merged_into IS NULL AND redacted_at IS NULL;
