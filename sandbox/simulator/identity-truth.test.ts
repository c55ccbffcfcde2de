import { expect, test } from "vitest";
import { scoreKeys, scorePurchases, type Purchase } from "./identity-truth.ts";

const purchase = (change: Partial<Purchase>): Purchase => ({ leftBy: "ann", leftProfile: "A", orderBy: "ann", orderProfile: "A", sameThing: false, ...change });

test("a purchase counts as known by its profile, or because it finished the very checkout", () => {
  const all = [
    purchase({}),
    purchase({ orderProfile: "B", sameThing: true }),
    purchase({ orderProfile: "B" }),
    purchase({ orderBy: "bea", orderProfile: "B" }),
  ];
  expect(scorePurchases(all)).toMatchObject({ pairs: 3, recall: 2 / 3, precision: 1 });
  expect(scorePurchases([purchase({}), purchase({ orderBy: "bea" })])).toMatchObject({ recall: 1, precision: 0.5 });
});

test("two keys count as joined where they are in one profile; a browser of several people is in neither", () => {
  const owners = (key: string) => new Set(key === "visitor:shared" ? ["ann", "bea"] : [key.includes("ann") ? "ann" : "bea"]);
  const seen = [
    { key: "email:ann", profileId: "A" },
    { key: "checkout:ann", profileId: "A" },
    { key: "order:ann", profileId: "B" },
    { key: "email:bea", profileId: "B" },
    { key: "visitor:shared", profileId: "A" },
  ];
  expect(scoreKeys(seen, owners)).toMatchObject({ pairs: 3, recall: 1 / 3, precision: 0.5 });
});
