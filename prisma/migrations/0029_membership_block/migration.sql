-- CreateTable
CREATE TABLE "membership_block" (
    "shop_id" INTEGER NOT NULL,
    "segment_key" TEXT NOT NULL,
    "first" UUID NOT NULL,
    "last" UUID NOT NULL,
    "profile_ids" UUID[],
    "entered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "membership_block_pkey" PRIMARY KEY ("shop_id","segment_key","first")
);

-- Everybody who is in a segment, with a row of her own or not.
CREATE VIEW "member" AS
SELECT "shop_id", "segment_key", "profile_id", "entered_at", "subject" FROM "membership"
UNION ALL
SELECT "shop_id", "segment_key", unnest("profile_ids"), "entered_at", NULL FROM "membership_block";
