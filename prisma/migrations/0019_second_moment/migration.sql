-- Who did something twice is asked by the second moment: who did it once need not be looked at.
-- CreateIndex
CREATE INDEX "deed_twice" ON "deed" ("shop_id", "about", "second_at") INCLUDE ("profile_id", "last_at") WHERE about IS NOT NULL AND second_at IS NOT NULL;
