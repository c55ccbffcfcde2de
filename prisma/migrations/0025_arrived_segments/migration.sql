-- AlterTable
ALTER TABLE "segment_basis" ADD COLUMN "standard" TEXT[];

-- CreateTable
CREATE TABLE "arrived_segment" (
    "shop_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "arrived_at" TIMESTAMPTZ(3) NOT NULL,
    "fill_from" TIMESTAMPTZ(3),
    "filled_to" UUID,
    "counted_at" TIMESTAMPTZ(3),
    "count_failed" TEXT,

    CONSTRAINT "arrived_segment_pkey" PRIMARY KEY ("shop_id","key")
);

-- In every shop that is here, these were kept until now.
UPDATE segment_basis SET standard = ARRAY['checkout-abandoners', 'cart-abandoners', 'past-purchasers', 'recent-buyers', 'product-viewers', 'form-abandoners', 'new-visitors',
  'returning-visitors', 'buyers-30', 'buyers-90', 'buyers-180', 'buyers-365', 'repeat-buyers', 'lapsed-buyers', 'high-value'];
