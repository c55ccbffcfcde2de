-- Whether somebody did a thing twice stands beside when she did it last: of several things it is known without another look for each.
DROP INDEX "deed_lately";

-- CreateIndex
CREATE INDEX "deed_lately" ON "deed" ("shop_id", "about", "last_at") INCLUDE ("profile_id", "second_at") WHERE whole;
