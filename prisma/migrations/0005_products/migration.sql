-- CreateTable
CREATE TABLE "product" (
    "shop_id" INTEGER NOT NULL,
    "product_id" TEXT NOT NULL,
    "title" TEXT,
    "handle" TEXT,
    "url" TEXT,
    "image_url" TEXT,
    "price_minor" BIGINT,
    "price_varies" BOOLEAN NOT NULL DEFAULT false,
    "currency" TEXT,
    "status" TEXT,
    "published" BOOLEAN,
    "updated_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "ask_at" TIMESTAMPTZ(3),

    CONSTRAINT "product_pkey" PRIMARY KEY ("shop_id","product_id")
);

-- CreateIndex
CREATE INDEX "product_shop_id_ask_at_idx" ON "product"("shop_id", "ask_at");
