-- Who did something once is asked by the newest moment, who did it more often by the second: only those who did have their moments beside it, and the other index is small.
-- DropIndex
DROP INDEX "deed_lately";

-- CreateIndex
CREATE INDEX "deed_lately" ON "deed" ("shop_id", "about", "last_at") INCLUDE ("profile_id") WHERE about IS NOT NULL;

-- CreateIndex
CREATE INDEX "deed_twice" ON "deed" ("shop_id", "about", "second_at") INCLUDE ("profile_id", "last_at", "moments") WHERE about IS NOT NULL AND second_at IS NOT NULL;
