-- The key of a kind and a detail hung on whether the row is whole, and was worked out anew with every event: 0.8 µs each. Now it never changes, and the indexes ask themselves
-- which rows are whole.
ALTER TABLE "deed" DROP COLUMN "about";
ALTER TABLE "deed" ADD COLUMN     "about" UUID GENERATED ALWAYS AS (md5(kind || ' ' || detail)::uuid) STORED;

-- CreateIndex
CREATE INDEX "deed_lately" ON "deed" ("shop_id", "about", "last_at") INCLUDE ("profile_id") WHERE whole;

-- CreateIndex
CREATE INDEX "deed_twice" ON "deed" ("shop_id", "about", "second_at") INCLUDE ("profile_id", "last_at", "moments") WHERE whole AND second_at IS NOT NULL;
