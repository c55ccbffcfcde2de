-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "pixel_seen_at" TIMESTAMPTZ(3),
ADD COLUMN     "sender_confirmed_at" TIMESTAMPTZ(3);
