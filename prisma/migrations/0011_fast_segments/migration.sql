-- AlterTable
ALTER TABLE "deed" ADD COLUMN     "last_at" TIMESTAMPTZ(3),
ADD COLUMN     "whole" BOOLEAN;

UPDATE deed d SET last_at = d.moments[1], whole = NOT EXISTS (
  SELECT 1 FROM visit v WHERE v.shop_id = d.shop_id AND v.profile_id = d.profile_id AND v.visitor <> d.visitor
);

ALTER TABLE "deed" ALTER COLUMN "last_at" SET NOT NULL,
ALTER COLUMN "whole" SET NOT NULL;

-- Of whoever has several browsers, one row more that joins them up.
WITH mine AS (
  SELECT v.shop_id, v.profile_id, d.kind, d.detail, d.count, d.moments FROM visit v JOIN deed d ON d.shop_id = v.shop_id AND d.visitor = v.visitor WHERE NOT d.whole
), times AS (
  SELECT shop_id, profile_id, kind, detail, (array_agg(at ORDER BY at DESC))[1:10] AS moments FROM mine CROSS JOIN LATERAL unnest(moments) at GROUP BY 1, 2, 3, 4
), counts AS (SELECT shop_id, profile_id, kind, detail, sum(count) AS count FROM mine GROUP BY 1, 2, 3, 4)
INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count, last_at, whole)
SELECT t.shop_id, 'profile:' || t.profile_id, t.kind, t.detail, t.profile_id, t.moments, c.count, t.moments[1], true
FROM times t JOIN counts c USING (shop_id, profile_id, kind, detail);

-- DropIndex
DROP INDEX "deed_shop_id_profile_id_idx";

-- DropIndex
DROP INDEX "deed_shop_id_kind_detail_idx";

-- Who did it lately, a whole shop at once, without a look at the table: what has to be known of a row lies in the index.
CREATE INDEX "deed_lately" ON "deed" ("shop_id", "kind", "detail", "whole", "last_at") INCLUDE ("profile_id", "moments");

-- CreateTable
CREATE TABLE "buyer" (
    "shop_id" INTEGER NOT NULL,
    "profile_id" UUID NOT NULL,
    "order_count" INTEGER NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "moments" TIMESTAMPTZ(3)[],
    "amounts" BIGINT[],

    CONSTRAINT "buyer_pkey" PRIMARY KEY ("shop_id","profile_id")
);

CREATE INDEX "buyer_lately" ON "buyer" ("shop_id", "last_at") INCLUDE ("profile_id", "order_count", "net_minor", "first_at", "moments", "amounts");

-- What the orders of each come to: the same rule as in commerce/ordered.ts, with the setting of each shop.
INSERT INTO buyer (shop_id, profile_id, order_count, net_minor, first_at, last_at, moments, amounts)
SELECT o.shop_id, o.profile_id, count(*), sum(o.total_minor - o.refunded_minor), min(o.placed_at), max(o.placed_at), (array_agg(o.placed_at ORDER BY o.placed_at DESC, o.order_id))[1:10],
  (array_agg(o.total_minor - o.refunded_minor ORDER BY o.placed_at DESC, o.order_id))[1:10]
FROM placed_order o JOIN shop s ON s.id = o.shop_id
WHERE o.profile_id IS NOT NULL AND o.cancelled_at IS NULL AND NOT o.test AND (s.count_offline OR NOT o.source = ANY(ARRAY['pos', 'shopify_draft_order']))
  AND (o.total_minor = 0 OR o.refunded_minor < o.total_minor)
GROUP BY o.shop_id, o.profile_id;
