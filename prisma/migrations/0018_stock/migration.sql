-- AlterTable: which of them do is known as each is read again, within a day.
ALTER TABLE "collection" ADD COLUMN     "by_stock" BOOLEAN NOT NULL DEFAULT false;
