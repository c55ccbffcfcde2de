-- CreateTable
CREATE TABLE "pixel_refusal" (
    "shop_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "pixel_refusal_pkey" PRIMARY KEY ("shop_id","day","reason")
);

-- CreateTable
CREATE TABLE "visit" (
    "shop_id" INTEGER NOT NULL,
    "profile_id" UUID NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "product_viewed_at" TIMESTAMPTZ(3),
    "product_id" TEXT,
    "cart_added_at" TIMESTAMPTZ(3),
    "form_abandoned_at" TIMESTAMPTZ(3),
    "form" TEXT,
    "form_submitted_at" TIMESTAMPTZ(3),
    "days" JSONB NOT NULL,

    CONSTRAINT "visit_pkey" PRIMARY KEY ("shop_id","profile_id")
);
