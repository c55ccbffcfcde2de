// Two web processes and two workers on one PostgreSQL server: everything is done once, whoever does it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultSettings } from "../../app/flows/flow.ts";
import { openDoor } from "../../sandbox/replay/door.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { checkoutPayload } from "../../sandbox/shopify/payloads.ts";
import { demoShop, openShop } from "../../sandbox/shopify/shop-state.ts";
import { startCluster } from "../cluster.ts";
import { prepareTemplate } from "../database.ts";
import { openStage, seeded, until, type Stage } from "./stage.ts";
import { checkoutFacts, storm } from "./storm.ts";

const given = process.env["TEST_DATABASE_URL"];
const outcome = given === undefined || given === "" ? await startCluster({ durable: true }) : null;
if (outcome?.ok === false) process.stdout.write(`SKIPPED: two of each on a PostgreSQL server, because ${outcome.reason}\n`);

describe.skipIf(outcome?.ok === false)("two web processes and two workers on one server", () => {
  const left = 60;
  let stage: Stage;
  let dropTemplate: () => Promise<void>;

  beforeAll(async () => {
    if (outcome?.ok === true) process.env["TEST_DATABASE_URL"] = outcome.cluster.url;
    dropTemplate = await prepareTemplate();
    stage = await openStage();
    const webs = [await stage.start("web"), await stage.start("web")];
    await sceneAt(stage.world.url).install(demoShop.domain);
    await Promise.all([stage.start("worker"), stage.start("worker")]);

    const now = stage.world.clock.now();
    await stage.rows(
      `UPDATE shop SET sender_name = 'Harbour & Pine', sender_address = 'hello@harbourandpine.example', postal_address = '12 Quay Street, Whitby', holdout_percent = 0`,
    );
    await stage.rows(
      `INSERT INTO flow (shop_id, key, enabled_at, settings, holdout_percent, test_mail_at, other_mails_off_at, updated_at) SELECT id, 'abandoned-checkout', $1, $2, 0, $1, $1, $1 FROM shop`,
      [new Date(now.getTime() - 60_000), JSON.stringify(defaultSettings["abandoned-checkout"])],
    );
    // Each delivery goes to both webs at about the same time: one of them keeps it, the other finds it kept.
    const doors = webs.map((web) => openDoor({ address: () => web.url, secret: stage.world.context.appSecret, connections: 12 }));
    const shop = openShop(demoShop, now);
    const checkouts = Array.from({ length: left }, (_none, index) => ({
      topic: "checkouts/create",
      eventId: `left-${index}`,
      webhookId: `left-${index}`,
      at: now,
      payload: checkoutPayload(shop, checkoutFacts(1_000 + index, now, 1, now, null)),
    }));
    const notices = [...storm(seeded(7), new Date(now.getTime() - 10 * 60_000), 100, 60), ...checkouts];
    await Promise.all(
      doors.flatMap((door) =>
        notices.map((one) =>
          door.deliver(
            { shop: demoShop.domain, topic: one.topic, apiVersion: "2026-10", webhookId: one.webhookId, eventId: one.eventId, triggeredAt: one.at },
            JSON.stringify(one.payload),
          ),
        ),
      ),
    );
    for (const door of doors) door.close();
    stage.world.clock.move({ advance: "PT1H1M" });
    await until("everybody was mailed", async () => stage.world.mail.mailbox.list().length >= left, 60_000);
    await until(
      "no message is under way",
      async () => (await stage.rows(`SELECT 1 FROM message WHERE state IN ('intent', 'data-started')`)).length === 0,
      30_000,
    );
  }, 240_000);

  afterAll(async () => {
    await stage?.close();
    await dropTemplate?.();
    if (outcome?.ok === true) {
      delete process.env["TEST_DATABASE_URL"];
      await outcome.cluster.close();
    }
  }, 60_000);

  test("each webhook is kept once and is in the log once", async () => {
    const [row] =
      await stage.rows(`SELECT (SELECT count(*)::int FROM delivery) AS deliveries, (SELECT count(*)::int FROM event WHERE name LIKE 'checkout.%' OR name LIKE 'order.%') AS events,
      (SELECT count(*)::int FROM placed_order) AS orders, (SELECT count(DISTINCT seq)::int = count(*)::int FROM event) AS distinct`);
    expect(row).toEqual({ deliveries: 500 + left, events: 500 + left, orders: 100, distinct: true });
  });

  test("each person is one profile, and is mailed once", async () => {
    expect(await stage.rows(`SELECT count(*)::int AS people FROM profile WHERE merged_into IS NULL AND redacted_at IS NULL`)).toEqual([{ people: 100 + left }]);
    const letters = stage.world.mail.mailbox.list();
    expect(letters).toHaveLength(left);
    expect(new Set(letters.map((one) => one.to.join())).size).toBe(left);
    expect(await stage.rows(`SELECT state, count(*)::int AS count FROM message GROUP BY state`)).toEqual([{ state: "sent", count: left }]);
  });
});
