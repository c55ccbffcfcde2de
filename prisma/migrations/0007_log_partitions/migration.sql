-- The log in two halves: what browsers told (its source ids begin with `pixel/`), in months that retention drops whole, and everything else, in years that stay.
-- The halves are told apart by the key itself, so neither the key nor what older versions of the product write to it changes. Columns stand widest first,
-- without gaps; source ids are compared byte by byte ("C"), as the bounds of the halves are.
ALTER TABLE "event" RENAME TO "event_before";
ALTER TABLE "event_before" RENAME CONSTRAINT "event_pkey" TO "event_before_pkey";
ALTER INDEX "event_shop_id_seq_idx" RENAME TO "event_before_shop_id_seq_idx";
ALTER TABLE "event_part"."before_2009" RENAME TO "former_before_2009";
ALTER TABLE "event_part"."after_2100" RENAME TO "former_after_2100";

CREATE TABLE "event" (
    "source_at" TIMESTAMPTZ(3) NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "seq" BIGINT NOT NULL,
    "shop_id" INTEGER NOT NULL,
    "source_id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "subject" TEXT,
    "data" JSONB NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("shop_id","source_at","source_id")
) PARTITION BY RANGE ("source_id");
CREATE INDEX "event_shop_id_seq_idx" ON "event"("shop_id", "seq");

-- '0' is the byte after '/'.
CREATE TABLE "event_part"."pixel" PARTITION OF "event" FOR VALUES FROM ('pixel/') TO ('pixel0') PARTITION BY RANGE ("source_at");
CREATE TABLE "event_part"."told" PARTITION OF "event" DEFAULT PARTITION BY RANGE ("source_at");
CREATE TABLE "event_part"."told_before_2009" PARTITION OF "event_part"."told" FOR VALUES FROM (MINVALUE) TO ('2009-01-01 00:00:00+00');
CREATE TABLE "event_part"."told_after_2100" PARTITION OF "event_part"."told" FOR VALUES FROM ('2100-01-01 00:00:00+00') TO (MAXVALUE);

-- Makes the month (of pixel events) or the year (of the others) that an instant lies in, unless it is there.
CREATE FUNCTION make_event_partition(at timestamptz, pixel boolean) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  span text := CASE WHEN pixel THEN 'month' ELSE 'year' END;
  first timestamp := date_trunc(span, at AT TIME ZONE 'UTC');
  parent text := CASE WHEN pixel THEN 'pixel' ELSE 'told' END;
  name text := parent || to_char(first, CASE WHEN pixel THEN '_YYYY_MM' ELSE '_YYYY' END);
BEGIN
  IF to_regclass('event_part.' || name) IS NOT NULL THEN RETURN false; END IF;
  -- Two makers at once: the second waits here, then finds it made. It looks into the catalogue itself: that there was none is still remembered by to_regclass.
  PERFORM pg_advisory_xact_lock(hashtext('event_part.' || name));
  IF EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'event_part'::regnamespace AND c.relname = name) THEN RETURN false; END IF;
  -- Attached rather than made in place: readers and writers of the other partitions need not let go of them for that.
  EXECUTE format('CREATE TABLE event_part.%I (LIKE event INCLUDING ALL)', name);
  EXECUTE format('ALTER TABLE event_part.%I ATTACH PARTITION event_part.%I FOR VALUES FROM (%L) TO (%L)', parent, name,
    first AT TIME ZONE 'UTC', (first + ('1 ' || span)::interval) AT TIME ZONE 'UTC');
  RETURN true;
END $$;

-- What the version before this one calls: it may still be running.
CREATE OR REPLACE FUNCTION make_event_partition(month timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  PERFORM make_event_partition(month, true);
  RETURN make_event_partition(month, false);
END $$;

SELECT make_event_partition(at, true) FROM (SELECT DISTINCT date_trunc('month', source_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS at FROM event_before WHERE source_id LIKE 'pixel/%') months;
SELECT make_event_partition(at, false) FROM (SELECT DISTINCT date_trunc('year', source_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS at FROM event_before
  WHERE source_id NOT LIKE 'pixel/%' AND source_at >= '2009-01-01 00:00:00+00' AND source_at < '2100-01-01 00:00:00+00') years;

-- Browsers' events as they are written from now on: a short id made of theirs, and no field that says nothing.
INSERT INTO event (source_at, occurred_at, seq, shop_id, source_id, name, subject, data)
SELECT source_at, occurred_at, seq, shop_id,
  CASE WHEN source_id LIKE 'pixel/%'
    THEN 'pixel/' || translate(encode(substr(sha256(convert_to(substr(source_id, 7), 'UTF8')), 1, 12), 'base64'), '+/', '-_') ELSE source_id END,
  name, subject, CASE WHEN source_id LIKE 'pixel/%' THEN jsonb_strip_nulls(data) ELSE data END
FROM event_before ORDER BY shop_id, seq
ON CONFLICT DO NOTHING;
DROP TABLE event_before;
