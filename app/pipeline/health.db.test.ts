import { beforeAll, expect, test } from "vitest";
import { receive } from "../capture/receive.server.ts";
import { after, hour, minute } from "../lib/time.ts";
import { queue } from "../queue.server.ts";
import { installed } from "../shops/refresh.server.ts";
import { checkout, webhook } from "../../test/factories/webhooks.ts";
import { oldestDue } from "./health.server.ts";
import { handlers } from "./tasks.server.ts";
import { processBatch } from "./process-event.server.ts";
import { sweep } from "./sweep.server.ts";

const domain = "rest.myshopify.com";
const start = new Date("2026-10-01T10:00:00Z");
const nothing = {
  ...{
    shopsWithUnreadEvents: 0,
    shopsWithUnreadChanges: 0,
    shopsWithDueMemberships: 0,
    shopsFillingSegments: 0,
    shopsWithSegmentsToCount: 0,
    shopsWithDueRuns: 0,
    shopsWithMailInHand: 0,
    shopsMakingCodes: 0,
  },
  ...{ shopsToCompare: 0, shopsToImport: 0 },
};

beforeAll(() => queue());

test("what waits is told by what it is, on its whole way, and nothing once all of it is done", async () => {
  const shop = await installed(domain, ["read_orders"], start);
  expect((await oldestDue(start)).waiting).toEqual(nothing);

  await receive(webhook(domain, "checkouts/create", checkout("r-1", "ada@example.com", start), start));
  expect((await oldestDue(start)).waiting).toEqual({ ...nothing, shopsWithUnreadEvents: 1 });
  while ((await processBatch(shop, start)) > 0);
  expect(await oldestDue(start)).toEqual({ oldestSeconds: null, waiting: nothing });

  const later = after(start, hour + 5 * minute);
  expect(await oldestDue(later)).toEqual({ oldestSeconds: 300, waiting: { ...nothing, shopsWithDueMemberships: 1 } });
  await sweep(later);
  // Of a shop that is new it is not known by whose days its first events were read: they are looked at once more.
  expect((await oldestDue(later)).waiting).toEqual({ ...nothing, shopsWithUnreadChanges: 1, shopsWithDueMemberships: 1 });
  await handlers["visits.new-days"](shop);
  expect((await oldestDue(later)).waiting).toEqual({ ...nothing, shopsWithUnreadChanges: 1 });
  await handlers["flows.advance"](shop);
  await handlers["audiences.sync"](shop);
  expect(await oldestDue(later)).toEqual({ oldestSeconds: null, waiting: nothing });
});
