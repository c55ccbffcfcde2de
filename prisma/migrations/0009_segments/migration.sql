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

-- What the log tells of browsers that are known, as far as it was read: what comes after is added by the reading. Whoever was erased begins anew, and so do
-- the moments of her browser.
INSERT INTO deed (shop_id, visitor, kind, detail, profile_id, moments, count)
SELECT v.shop_id, v.visitor, d.kind, d.detail, v.profile_id, (array_agg(e.occurred_at ORDER BY e.occurred_at DESC))[1:10], count(*)
FROM event e
JOIN cursor c ON c.shop_id = e.shop_id AND c.name = 'process' AND e.seq <= c.seq
JOIN visit v ON v.shop_id = e.shop_id AND e.subject = 'visitor:' || v.visitor AND e.occurred_at >= v.first_seen_at
JOIN (VALUES
  ('page.viewed', NULL, NULL),
  ('checkout.step', NULL, NULL),
  ('landing.arrived', 'landed', NULL),
  ('product.viewed', 'viewed-product', 'productId'),
  ('collection.viewed', 'viewed-collection', 'collectionId'),
  ('search.submitted', 'searched', NULL),
  ('cart.viewed', 'viewed-cart', NULL),
  ('product.added-to-cart', 'added-to-cart', 'productId'),
  ('product.removed-from-cart', 'removed-from-cart', 'productId'),
  ('form.started', 'started-form', 'form'),
  ('form.abandoned', 'left-form', 'form'),
  ('form.submitted', 'sent-form', 'form')
) k (name, kind, field) ON k.name = e.name
CROSS JOIN LATERAL (
  SELECT 'visited' AS kind, '' AS detail
  UNION ALL SELECT k.kind, '' WHERE k.kind IS NOT NULL
  UNION ALL SELECT k.kind, e.data ->> k.field WHERE k.field IS NOT NULL AND coalesce(e.data ->> k.field, '') <> ''
) d
GROUP BY v.shop_id, v.visitor, d.kind, d.detail, v.profile_id
ON CONFLICT DO NOTHING;

UPDATE visit v SET landing = l.landing FROM (
  SELECT DISTINCT ON (e.shop_id, e.subject) e.shop_id, e.subject, e.occurred_at,
    jsonb_build_object('at', to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'source', e.data -> 'source', 'medium', e.data -> 'medium', 'campaign', e.data -> 'campaign') AS landing
  FROM event e JOIN cursor c ON c.shop_id = e.shop_id AND c.name = 'process' AND e.seq <= c.seq
  WHERE e.name = 'landing.arrived'
  ORDER BY e.shop_id, e.subject, e.occurred_at
) l
WHERE v.shop_id = l.shop_id AND 'visitor:' || v.visitor = l.subject AND l.occurred_at >= v.first_seen_at AND v.landing IS NULL;

-- There are more standard segments than before: everybody is looked at once.
INSERT INTO membership_due (shop_id, profile_id, due_at) SELECT shop_id, id, '2000-01-01' FROM profile WHERE merged_into IS NULL
ON CONFLICT (shop_id, profile_id) DO UPDATE SET due_at = excluded.due_at;
