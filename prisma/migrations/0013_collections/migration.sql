-- AlterTable
ALTER TABLE "product" ADD COLUMN     "collections" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "collections_at" TIMESTAMPTZ(3),
ADD COLUMN     "moved_seq" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "vendor" TEXT;

-- CreateTable
CREATE TABLE "collection" (
    "shop_id" INTEGER NOT NULL,
    "collection_id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "ask_at" TIMESTAMPTZ(3),
    "listed_at" TIMESTAMPTZ(3),

    CONSTRAINT "collection_pkey" PRIMARY KEY ("shop_id","collection_id")
);

-- CreateTable
CREATE TABLE "collection_listing" (
    "shop_id" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "after" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "collection_listing_pkey" PRIMARY KEY ("shop_id")
);

-- CreateIndex
CREATE INDEX "collection_shop_id_ask_at_idx" ON "collection"("shop_id", "ask_at");

-- CreateIndex
CREATE INDEX "collection_listing_due_at_idx" ON "collection_listing"("due_at");

-- CreateIndex
CREATE INDEX "product_shop_id_moved_seq_idx" ON "product"("shop_id", "moved_seq");

-- Shops that are here already: their collections are listed at once, and every product is asked whose it is.
INSERT INTO collection_listing (shop_id, due_at) SELECT id, '2000-01-01' FROM shop WHERE installed_at IS NOT NULL AND uninstalled_at IS NULL;
UPDATE product SET ask_at = '2000-01-01' WHERE ask_at IS NULL AND deleted_at IS NULL;
