-- How surely a key is hers, and what was said beside it. What was known of people so far stands beside their strongest key.
ALTER TABLE "profile_alias" ADD COLUMN "level" TEXT, ADD COLUMN "because" TEXT[], ADD COLUMN "known" JSONB NOT NULL DEFAULT '{}';
CREATE TABLE "profile_link" (
    "shop_id" INTEGER NOT NULL,
    "a" TEXT NOT NULL,
    "b" TEXT NOT NULL,
    "level" SMALLINT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "profile_link_pkey" PRIMARY KEY ("shop_id","a","b")
);
CREATE INDEX "profile_link_shop_id_b_idx" ON "profile_link"("shop_id", "b");
CREATE TABLE "profile_apart" (
    "shop_id" INTEGER NOT NULL,
    "a" TEXT NOT NULL,
    "b" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "profile_apart_pkey" PRIMARY KEY ("shop_id","a","b")
);
CREATE INDEX "profile_apart_shop_id_b_idx" ON "profile_apart"("shop_id", "b");

CREATE TABLE core AS
  SELECT DISTINCT ON (shop_id, profile_id) shop_id, profile_id, kind, key, since FROM profile_alias
  ORDER BY shop_id, profile_id, array_position(ARRAY['customer','email','phone','order','checkout','cart','click','visitor'], kind), since, key;
-- An order stands by itself from now on: what an order told is found by it.
INSERT INTO profile_alias (shop_id, kind, key, profile_id, since)
  SELECT shop_id, 'order', order_id, profile_id, placed_at FROM placed_order WHERE profile_id IS NOT NULL ON CONFLICT DO NOTHING;
INSERT INTO profile_link (shop_id, a, b, level, since)
  SELECT x.shop_id, x.kind || ':' || x.key, c.kind || ':' || c.key, CASE WHEN x.kind = 'visitor' THEN 6 ELSE 3 END, x.since
  FROM profile_alias x JOIN core c ON c.shop_id = x.shop_id AND c.profile_id = x.profile_id WHERE (x.kind, x.key) <> (c.kind, c.key)
  ON CONFLICT DO NOTHING;
UPDATE profile_alias x SET level = CASE WHEN x.kind = 'visitor' THEN 'browser' ELSE 'token' END FROM core c
  WHERE c.shop_id = x.shop_id AND c.profile_id = x.profile_id AND (x.kind, x.key) <> (c.kind, c.key);
UPDATE profile_alias x SET known = coalesce((
    SELECT jsonb_object_agg(f.key, jsonb_build_object('value', f.value, 'at', to_char(p.first_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
    FROM jsonb_each_text(jsonb_strip_nulls(jsonb_build_object('email', p.email, 'phone', p.phone, 'firstName', p.first_name, 'lastName', p.last_name,
      'country', p.country, 'locale', p.locale))) f), '{}'::jsonb)
  FROM core c JOIN profile p ON p.shop_id = c.shop_id AND p.id = c.profile_id
  WHERE c.shop_id = x.shop_id AND c.kind = x.kind AND c.key = x.key;

DROP TABLE core;

-- Merges so far named no keys, so none of them can be taken back.
DROP TABLE "profile_merge";
CREATE TABLE "profile_merge" (
    "shop_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "loser_id" UUID NOT NULL,
    "survivor_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "because" TEXT[],
    "loser_key" TEXT NOT NULL,
    "survivor_key" TEXT NOT NULL,
    "undone_at" TIMESTAMPTZ(3),
    "by_hand" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "profile_merge_pkey" PRIMARY KEY ("shop_id","id")
);
CREATE INDEX "profile_merge_shop_id_loser_id_idx" ON "profile_merge"("shop_id", "loser_id");
CREATE INDEX "profile_merge_shop_id_survivor_id_idx" ON "profile_merge"("shop_id", "survivor_id");

-- Visits are a browser's, so that they go with it. Of a profile with several browsers, the first one has them.
ALTER TABLE "visit" ADD COLUMN "visitor" TEXT;
UPDATE visit v SET visitor = (SELECT key FROM profile_alias a WHERE a.shop_id = v.shop_id AND a.profile_id = v.profile_id AND a.kind = 'visitor' ORDER BY since, key LIMIT 1);
DELETE FROM visit WHERE visitor IS NULL;
ALTER TABLE "visit" DROP CONSTRAINT "visit_pkey", ALTER COLUMN "visitor" SET NOT NULL, ADD CONSTRAINT "visit_pkey" PRIMARY KEY ("shop_id","visitor");
CREATE INDEX "visit_shop_id_profile_id_idx" ON "visit"("shop_id", "profile_id");

ALTER TABLE "consent_record" ADD COLUMN "key" TEXT;
ALTER TABLE "flow_run" ADD COLUMN "before" UUID;
CREATE TABLE "assignment_before" (
    "shop_id" INTEGER NOT NULL,
    "loser_id" UUID NOT NULL,
    "survivor_id" UUID NOT NULL,
    "profile_id" UUID NOT NULL,
    "experiment" TEXT NOT NULL,
    "arm" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "contaminated" BOOLEAN NOT NULL,

    CONSTRAINT "assignment_before_pkey" PRIMARY KEY ("shop_id","loser_id","survivor_id","profile_id","experiment")
);

-- People are looked for by the beginning of an address or a name, and listed with the newest first.
CREATE INDEX "profile_by_email" ON "profile" ("shop_id", "email" text_pattern_ops) WHERE merged_into IS NULL;
CREATE INDEX "profile_by_first_name" ON "profile" ("shop_id", (lower(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))) text_pattern_ops) WHERE merged_into IS NULL;
CREATE INDEX "profile_by_last_name" ON "profile" ("shop_id", (lower(last_name)) text_pattern_ops) WHERE merged_into IS NULL;
CREATE INDEX "profile_named" ON "profile" ("shop_id", "first_seen_at" DESC, "id" DESC) WHERE merged_into IS NULL AND (email IS NOT NULL OR customer_gid IS NOT NULL OR phone IS NOT NULL);
CREATE INDEX "placed_order_shop_id_name_idx" ON "placed_order" ("shop_id", "name");
