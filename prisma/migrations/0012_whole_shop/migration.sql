-- AlterTable
ALTER TABLE "membership_change" ADD COLUMN     "because" TEXT;

-- AlterTable
ALTER TABLE "segment" ADD COLUMN     "count_again" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "count_due" TIMESTAMPTZ(3),
ADD COLUMN     "count_failed" TEXT,
ADD COLUMN     "counted_at" TIMESTAMPTZ(3),
ADD COLUMN     "counted_seq" BIGINT;
