-- CreateTable
CREATE TABLE "gone_checkout" (
    "shop_id" INTEGER NOT NULL,
    "token" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "gone_checkout_pkey" PRIMARY KEY ("shop_id","token")
);
