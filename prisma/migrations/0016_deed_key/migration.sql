-- Kind and detail as one key, and the second moment in a column of its own: texts and arrays cost a whole-shop question more than all else it does with a row.
ALTER TABLE "deed" ADD COLUMN     "about" UUID GENERATED ALWAYS AS (CASE WHEN whole THEN md5(kind || ' ' || detail)::uuid END) STORED,
ADD COLUMN     "second_at" TIMESTAMPTZ(3) GENERATED ALWAYS AS (moments[2]) STORED;

-- DropIndex
DROP INDEX "deed_lately";

-- CreateIndex
CREATE INDEX "deed_lately" ON "deed" ("shop_id", "about", "last_at") INCLUDE ("profile_id", "second_at", "moments") WHERE about IS NOT NULL;

-- CreateIndex
CREATE INDEX "profile_country" ON "profile"("shop_id", "country", "merged_into", "redacted_at", "id");
