-- Who was erased, by a whole shop at once: mostly nobody.
CREATE INDEX "profile_erased" ON "profile" ("shop_id", "id") WHERE redacted_at IS NOT NULL;

-- What the orders of the erased come to says nothing of anybody; and they leave whatever they are in at the next sweep.
DELETE FROM buyer b USING profile p WHERE p.shop_id = b.shop_id AND p.id = b.profile_id AND p.redacted_at IS NOT NULL;

INSERT INTO membership_due (shop_id, profile_id, due_at) SELECT DISTINCT m.shop_id, m.profile_id, p.redacted_at FROM membership m
JOIN profile p ON p.shop_id = m.shop_id AND p.id = m.profile_id WHERE p.redacted_at IS NOT NULL
ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = excluded.due_at;

-- CreateTable
CREATE TABLE "segment_basis" (
    "shop_id" INTEGER NOT NULL,
    "timezone" TEXT NOT NULL,
    "count_offline" BOOLEAN NOT NULL,

    CONSTRAINT "segment_basis_pkey" PRIMARY KEY ("shop_id")
);

-- By what they are now everything was worked out.
INSERT INTO segment_basis (shop_id, timezone, count_offline) SELECT id, timezone, count_offline FROM shop;
