-- AlterTable
ALTER TABLE "checkout" ADD COLUMN     "heard_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "comparison" (
    "shop_id" INTEGER NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "watermark" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "reading" TEXT,
    "after" TEXT,
    "found" JSONB NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "last_found" JSONB,
    "missed_at" TIMESTAMPTZ(3),
    "missed" JSONB,
    "problem" TEXT,

    CONSTRAINT "comparison_pkey" PRIMARY KEY ("shop_id")
);

-- CreateTable
CREATE TABLE "past_file" (
    "shop_id" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "operation_gid" TEXT,
    "installed_at" TIMESTAMPTZ(3) NOT NULL,
    "objects" INTEGER NOT NULL DEFAULT 0,
    "lines_done" INTEGER NOT NULL DEFAULT 0,
    "lines_refused" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "past_file_pkey" PRIMARY KEY ("shop_id","kind")
);

-- CreateIndex
CREATE INDEX "comparison_due_at_idx" ON "comparison"("due_at");

-- CreateIndex
CREATE INDEX "past_file_due_at_idx" ON "past_file"("due_at");
