-- A visit is a day on which somebody came. Until now everything that a browser told was one: whoever opened a single page of a product had visited three times. Its last ten
-- days are kept with each browser, and nothing else is written for a visit: what was written beside every event before is gone. Who came lately is found by the hour of
-- the last moment, which changes once in a visit of an hour.
ALTER TABLE "visit" ALTER COLUMN "days" DROP NOT NULL,
ALTER COLUMN "days" TYPE BIGINT[] USING '{}',
ADD COLUMN     "seen_hour" INTEGER GENERATED ALWAYS AS ((days[1] / 3600000)::int) STORED,
ADD COLUMN     "alone" BOOLEAN NOT NULL DEFAULT true;

-- From the log, by the shop's own days; in a zone that the database has no name for, by those of UTC.
UPDATE visit v SET days = d.days FROM (
  SELECT e.shop_id, e.visitor, (array_agg(e.last ORDER BY e.last DESC))[1:10] AS days FROM (
    SELECT o.shop_id, o.visitor, max(floor(extract(epoch FROM e.occurred_at) * 1000))::bigint AS last
    FROM shop s JOIN visit o ON o.shop_id = s.id JOIN event e ON e.shop_id = o.shop_id AND e.subject = 'visitor:' || o.visitor AND e.source_id LIKE 'pixel/%' AND e.occurred_at >= o.first_seen_at
    GROUP BY o.shop_id, o.visitor, (e.occurred_at AT TIME ZONE CASE WHEN EXISTS (SELECT 1 FROM pg_timezone_names z WHERE z.name = s.timezone) THEN s.timezone ELSE 'UTC' END)::date
  ) e GROUP BY e.shop_id, e.visitor
) d WHERE d.shop_id = v.shop_id AND d.visitor = v.visitor;

UPDATE visit v SET alone = false FROM (SELECT shop_id, profile_id FROM visit GROUP BY shop_id, profile_id HAVING count(*) > 1) s
WHERE v.shop_id = s.shop_id AND v.profile_id = s.profile_id;

DELETE FROM deed WHERE kind = 'visited';

-- Everybody is looked at again for what asks for visits, and for what asks for that: as after an edit, so that no flow starts for it.
WITH RECURSIVE asking AS (
  SELECT shop_id, key FROM segment WHERE rule::text LIKE '%"visited"%'
  UNION SELECT s.shop_id, s.key FROM segment s JOIN asking a ON a.shop_id = s.shop_id AND s.rule::text LIKE '%"' || a.key || '"%'
)
UPDATE segment s SET fill_from = CASE WHEN s.count_due IS NULL THEN now() END, filled_to = NULL, counted_at = NULL, count_failed = NULL, counted_seq = NULL,
  count_due = CASE WHEN s.count_due IS NOT NULL THEN now() END, count_again = s.count_due IS NOT NULL
FROM asking a WHERE a.shop_id = s.shop_id AND a.key = s.key;

-- CreateIndex
CREATE INDEX "visit_lately" ON "visit" ("shop_id", "alone", "seen_hour") INCLUDE ("profile_id");

-- As with what else browsers did (0021, 0023).
ALTER TABLE "visit" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 20);
