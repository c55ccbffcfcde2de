-- AlterTable
ALTER TABLE "visit" ADD COLUMN     "landing" JSONB;

-- CreateTable
CREATE TABLE "deed" (
    "shop_id" INTEGER NOT NULL,
    "visitor" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "profile_id" UUID NOT NULL,
    "moments" TIMESTAMPTZ(3)[],
    "count" INTEGER NOT NULL,

    CONSTRAINT "deed_pkey" PRIMARY KEY ("shop_id","visitor","kind","detail")
);

-- CreateTable
CREATE TABLE "segment" (
    "shop_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "rule" JSONB NOT NULL,
    "made_from" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "fill_from" TIMESTAMPTZ(3),
    "filled_to" UUID,

    CONSTRAINT "segment_pkey" PRIMARY KEY ("shop_id","key")
);

-- CreateTable
CREATE TABLE "cut_points" (
    "shop_id" INTEGER NOT NULL,
    "cuts" JSONB NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cut_points_pkey" PRIMARY KEY ("shop_id")
);

-- CreateIndex
CREATE INDEX "deed_shop_id_profile_id_idx" ON "deed"("shop_id", "profile_id");

-- CreateIndex
CREATE INDEX "deed_shop_id_kind_detail_idx" ON "deed"("shop_id", "kind", "detail");

-- CreateIndex
CREATE INDEX "cut_points_due_at_idx" ON "cut_points"("due_at");
