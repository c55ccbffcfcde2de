-- Google works a call off after it was taken: when to ask how it went.
ALTER TABLE "audience_receipt" ADD COLUMN "check_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "audience_receipt_shop_id_check_at_idx" ON "audience_receipt"("shop_id", "check_at");
