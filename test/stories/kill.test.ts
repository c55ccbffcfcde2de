// SIGKILL at any moment: no acknowledged webhook is lost, no mail is sent twice.
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defaultSettings } from "../../app/flows/flow.ts";
import { openDoor, type Door } from "../../sandbox/replay/door.ts";
import { sceneAt } from "../../sandbox/replay/scene.ts";
import { checkoutPayload } from "../../sandbox/shopify/payloads.ts";
import { demoShop, openShop } from "../../sandbox/shopify/shop-state.ts";
import { assassinate } from "./assassin.ts";
import { openStage, seeded, until, type Stage } from "./stage.ts";
import { checkoutFacts, storm, type Notice } from "./storm.ts";

const seed = Number(process.env["STORY_SEED"] ?? 20_261_121);
const apiVersion = "2026-10";

/** Shopify's eight attempts after the first, hours made into seconds. */
const pausesMs = [250, 500, 1_000, 2_000, 4_000, 4_000, 4_000, 4_000];

/** Posts one delivery as Shopify does. Resolves to whether it was acknowledged. */
async function post(door: Door, notice: Notice, random: () => number): Promise<boolean> {
  const envelope = { shop: demoShop.domain, topic: notice.topic, apiVersion, webhookId: notice.webhookId, eventId: notice.eventId, triggeredAt: notice.at };
  for (const pause of [...pausesMs, null]) {
    const answer = await door.knock(envelope, JSON.stringify(notice.payload)).catch(() => null);
    if (answer !== null && answer.status >= 200 && answer.status < 300) return true;
    if (pause !== null) await wait(pause * (0.7 + 0.6 * random()));
  }
  return false;
}

/** Whether the story's cursor stands at the end of the log. */
async function atTheHead(stage: Stage): Promise<boolean> {
  const [row] = await stage.rows<{ there: boolean }>(
    `SELECT coalesce(bool_and(c.seq = s.next - 1), false) AS there FROM sequence s LEFT JOIN cursor c ON c.shop_id = s.shop_id AND c.name = 'process' WHERE s.name = 'event'`,
  );
  return row?.there ?? false;
}

describe("2,000 webhooks while web and worker are killed", () => {
  const random = seeded(seed);
  let stage: Stage;
  let notices: Notice[];
  const acknowledged = new Set<string>();
  let givenUp = 0;

  beforeAll(async () => {
    stage = await openStage();
    const first = await Promise.all([stage.start("web"), stage.start("worker")]);
    await sceneAt(stage.world.url).install(demoShop.domain);
    await Promise.all(first.map((product) => product.kill9()));
    notices = storm(random, new Date(Math.floor(stage.world.clock.now().getTime() / 1000) * 1000 - 10 * 60_000), 360, 200);
    expect(notices).toHaveLength(2_000);

    const web = assassinate(stage, "web", { random, lifeMs: [300, 2_000], most: 40 });
    const worker = assassinate(stage, "worker", { random, lifeMs: [300, 2_000], most: 40 });
    const door = openDoor({ address: stage.world.context.appUrl, secret: stage.world.context.appSecret, connections: 24 });
    const queue = [...notices];
    const lane = async (): Promise<void> => {
      for (let notice = queue.pop(); notice !== undefined; notice = queue.pop()) {
        if (await post(door, notice, random)) acknowledged.add(`${notice.topic}\n${notice.eventId}`);
        else givenUp += 1;
        await wait(random() * 80);
      }
    };
    await Promise.all(Array.from({ length: 24 }, lane));
    await Promise.all([web.spare(), worker.spare()]);
    door.close();
    await until("every event was read", () => atTheHead(stage), 60_000);
    console.info(
      `seed ${seed}: web killed ${web.kills()} times, worker ${worker.kills()} times; ${acknowledged.size} events acknowledged, ${givenUp} deliveries given up after nine attempts`,
    );
    expect(web.kills()).toBeGreaterThanOrEqual(4);
    expect(worker.kills()).toBeGreaterThanOrEqual(4);
  }, 600_000);
  afterAll(() => stage?.close());

  test("every acknowledged webhook was kept, and none was made up", async () => {
    const rows = await stage.rows<{ topic: string; event_key: string; fate: string }>(
      `SELECT topic, event_key, fate FROM delivery WHERE event_key LIKE 'storm-%'`,
    );
    const kept = rows.map((row) => `${row.topic}\n${row.event_key}`);
    expect(new Set(kept).size).toBe(kept.length);
    expect([...acknowledged].filter((one) => !kept.includes(one))).toEqual([]);
    const sent = new Set(notices.map((one) => `${one.topic}\n${one.eventId}`));
    expect(kept.filter((one) => !sent.has(one))).toEqual([]);
    expect(rows.filter((row) => row.fate !== "accepted")).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(1_500);
  });

  test("each of them is in the log exactly once", async () => {
    const [row] = await stage.rows<{ deliveries: number; events: number; ids: number; orphans: number; silent: number }>(`
      WITH d AS (SELECT event_key FROM delivery WHERE event_key LIKE 'storm-%'), e AS (SELECT split_part(source_id, '/', 2) AS event_key FROM event WHERE source_id LIKE '%/storm-%')
      SELECT (SELECT count(*)::int FROM d) AS deliveries, (SELECT count(*)::int FROM e) AS events, (SELECT count(DISTINCT event_key)::int FROM e) AS ids,
        (SELECT count(*)::int FROM e WHERE event_key NOT IN (SELECT event_key FROM d)) AS orphans,
        (SELECT count(*)::int FROM d WHERE event_key NOT IN (SELECT event_key FROM e)) AS silent`);
    expect(row).toEqual({ deliveries: row?.deliveries, events: row?.deliveries, ids: row?.deliveries, orphans: 0, silent: 0 });
  });

  test("and what it says is what the shop now knows, in whatever order it came", async () => {
    const kept = new Set((await stage.rows<{ key: string }>(`SELECT topic || chr(10) || event_key AS key FROM delivery`)).map((row) => row.key));
    const expected = new Map<string, Notice>();
    for (const notice of notices.filter((one) => kept.has(`${one.topic}\n${one.eventId}`))) {
      const before = expected.get(notice.about);
      if (before === undefined || before.at <= notice.at) expected.set(notice.about, notice);
    }
    const rows = await stage.rows<{ about: string; total: string }>(`
      SELECT 'order ' || order_id AS about, total_minor::text AS total FROM placed_order
      UNION ALL SELECT replace(token, 'hWNcheckout', 'checkout '), total_minor::text FROM checkout`);
    expect(Object.fromEntries(rows.map((row) => [row.about, Number(row.total)]))).toEqual(
      Object.fromEntries([...expected].map(([about, notice]) => [about, notice.totalMinor])),
    );
    const [people] = await stage.rows<{ profiles: number }>(`SELECT count(*)::int AS profiles FROM profile WHERE merged_into IS NULL`);
    expect(people?.profiles).toBe(new Set([...expected.values()].map((one) => one.eventId.split("-")[1])).size);
  });
});

describe("200 mails while the worker is killed", () => {
  const count = 200;
  const random = seeded(seed + 1);
  let stage: Stage;
  let kills = 0;

  beforeAll(async () => {
    stage = await openStage();
    const [web, firstWorker] = await Promise.all([stage.start("web"), stage.start("worker")]);
    await sceneAt(stage.world.url).install(demoShop.domain);
    const now = stage.world.clock.now();
    await stage.rows(
      `UPDATE shop SET sender_name = 'Harbour & Pine', sender_address = 'hello@harbourandpine.example', postal_address = '12 Quay Street, Whitby', holdout_percent = 0`,
    );
    await stage.rows(
      `INSERT INTO flow (shop_id, key, enabled_at, settings, holdout_percent, test_mail_at, other_mails_off_at, updated_at) SELECT id, 'abandoned-checkout', $1, $2, 0, $1, $1, $1 FROM shop`,
      [new Date(now.getTime() - 60_000), JSON.stringify(defaultSettings["abandoned-checkout"])],
    );
    const shop = openShop(demoShop, now);
    const door = openDoor({ address: stage.world.context.appUrl, secret: stage.world.context.appSecret, connections: 16 });
    await Promise.all(
      Array.from({ length: count }, (_none, index) =>
        door.deliver(
          { shop: demoShop.domain, topic: "checkouts/create", apiVersion, webhookId: `left-${index}`, eventId: `left-${index}`, triggeredAt: now },
          JSON.stringify(checkoutPayload(shop, checkoutFacts(index, now, 1, now, null))),
        ),
      ),
    );
    door.close();
    await until("every event was read", () => atTheHead(stage), 30_000);
    expect(stage.world.mail.mailbox.list()).toEqual([]);
    await Promise.all([web.kill9(), firstWorker.kill9()]);

    // The server takes its time before it takes an address, and again before it says that it has the letter: that is where a death hurts.
    const slow = async (at: "rcpt" | "data", delayMs: number): Promise<void> => {
      const answer = await fetch(`${stage.world.url}/mail/control/scripts`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ to: "*", do: "delay", at, delayMs, times: 100_000 }),
      });
      expect(answer.status).toBe(201);
    };
    await slow("rcpt", 25);
    await slow("data", 25);
    stage.world.clock.move({ advance: "PT1H1M" });
    const waiting = async (): Promise<number> => {
      const [row] = await stage.rows<{ runs: number; waiting: number }>(
        `SELECT count(*)::int AS runs, (count(*) FILTER (WHERE state = 'active' AND step_index = 0))::int AS waiting FROM flow_run`,
      );
      return row === undefined || row.runs < count ? count : row.waiting;
    };
    const worker = assassinate(stage, "worker", {
      random,
      lifeMs: [0, 600],
      ripe: async () => {
        const before = stage.world.mail.mailbox.attempts().length;
        await until("a letter came", async () => stage.world.mail.mailbox.attempts().length > before || (await waiting()) === 0, 30_000, 10);
      },
      most: 25,
      // Who died held leases of two minutes.
      between: () => stage.world.clock.move({ advance: "PT3M" }),
    });
    await until("nearly every run has moved on", async () => (await waiting()) < 12, 120_000, 100);
    await worker.spare();
    kills = worker.kills();
    await until(
      "every run has moved on, and no message is under way",
      async () => {
        stage.world.clock.move({ advance: "PT3M" });
        await wait(1_500);
        const [row] = await stage.rows<{ open: number }>(`SELECT count(*)::int AS open FROM message WHERE state IN ('intent', 'data-started')`);
        return (await waiting()) === 0 && row?.open === 0;
      },
      60_000,
    );
  }, 600_000);
  afterAll(() => stage?.close());

  type Message = { id: string; run_id: string; to_address: string; state: string; claim: number };
  const messages = () => stage.rows<Message>(`SELECT id, run_id, to_address, state, claim FROM message`);

  test("every run went on, and every message is sent or known to be unknown", async () => {
    const all = await messages();
    const states = Object.fromEntries(["sent", "unknown"].map((state) => [state, all.filter((one) => one.state === state).length]));
    const again = all.filter((one) => one.claim > 1).length;
    console.info(`seed ${seed}: worker killed ${kills} times; ${states["sent"]} sent, ${states["unknown"]} unknown, ${again} begun more than once`);
    expect(all).toHaveLength(count);
    expect((states["sent"] ?? 0) + (states["unknown"] ?? 0)).toBe(count);
    expect(new Set(all.map((one) => one.run_id)).size).toBe(count);
    // Otherwise no death came at a bad moment, and nothing was shown.
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(again + (states["unknown"] ?? 0)).toBeGreaterThan(0);
  });

  test("nobody got a mail twice", async () => {
    const letters = stage.world.mail.mailbox.list();
    const ids = letters.map((letter) => letter.messageId);
    expect(new Set(ids).size).toBe(ids.length);
    const people = letters.flatMap((letter) => letter.to);
    expect(new Set(people).size).toBe(people.length);
  });

  test("what is called sent has arrived, and what arrived is called sent or unknown", async () => {
    const arrived = new Set(stage.world.mail.mailbox.list().map((letter) => letter.messageId.replace(/^<|@.*$/g, "")));
    const all = await messages();
    expect(all.filter((one) => one.state === "sent" && !arrived.has(one.id))).toEqual([]);
    const known = new Set(all.map((one) => one.id));
    expect([...arrived].filter((id) => !known.has(id))).toEqual([]);
    const [log] = await stage.rows<{ events: number }>(`SELECT count(*)::int AS events FROM event WHERE name = 'message.sent'`);
    expect(log?.events).toBe(all.filter((one) => one.state === "sent").length);
  });
});
