import { describe, expect, it } from "vitest";
import { account, errorOf, freshMeta, people, sha, type Json } from "./fresh-meta.ts";

const meta = freshMeta();

describe("people", () => {
  it("adding twice is once; removing takes out whoever shares a strong value", async () => {
    const id = await meta.audience();
    const row = [sha("maya@example.com"), sha("447700900123"), sha("maya")];
    const payload = { schema: ["EMAIL", "PHONE", "FN"], data: [row, row, [sha("b@x.example"), "", ""]] };
    const added = await meta.graph("POST", `${id}/users`, { payload, session: { session_id: 9, batch_seq: 1, last_batch_flag: true, estimated_num_total: 3 } });
    expect(added.body).toEqual({ audience_id: id, session_id: "9", num_received: 3, num_invalid_entries: 0, invalid_entry_samples: {} });
    expect(await meta.members(id)).toHaveLength(2);
    await meta.graph("DELETE", `${id}/users`, { payload: { schema: "PHONE_SHA256", data: [sha("447700900123")] } });
    expect(await meta.members(id)).toEqual([sha("b@x.example")]);
  });

  it("a bad value spoils its row only, and plain data is noticed", async () => {
    const id = await meta.audience();
    const payload = { schema: ["EMAIL"], data: [[sha("a@x.example")], ["maya@example.com"], [sha("b").toUpperCase()], [""]] };
    const added = await meta.graph("POST", `${id}/users`, { payload });
    expect(added.body).toMatchObject({ num_received: 4, num_invalid_entries: 3 });
    expect(await meta.members(id)).toHaveLength(1);
    expect(((await (await fetch(`${meta.base}/meta/api`)).json()) as Json)["plainValues"]).toBe(1);
  });

  const wrong: [string, unknown][] = [
    ["no payload", undefined],
    ["an unknown schema key", { schema: ["MAIL"], data: [["x"]] }],
    ["a key that stands alone among others", { schema: ["EMAIL_SHA256", "FN"], data: [["", ""]] }],
    ["a row shorter than the schema", { schema: ["EMAIL", "FN"], data: [[sha("a")]] }],
    ["no rows", { schema: ["EMAIL"], data: [] }],
    ["more than 10,000 rows", { schema: ["EMAIL"], data: Array.from({ length: 10_001 }, () => [sha("a")]) }],
    ["an unknown payload key", { schema: ["EMAIL"], data: [[sha("a")]], hashed: true }],
  ];
  for (const [name, payload] of wrong) {
    it(`refuses ${name}`, async () => {
      const id = await meta.audience();
      expect(errorOf(await meta.graph("POST", `${id}/users`, payload === undefined ? {} : { payload }))).toMatchObject({ code: 100 });
    });
  }

  it("10,000 rows are one request", async () => {
    const id = await meta.audience();
    const data = Array.from({ length: 10_000 }, (_, index) => [sha(String(index))]);
    expect((await meta.graph("POST", `${id}/users`, { payload: { schema: ["EMAIL"], data } })).body["num_invalid_entries"]).toBe(0);
    expect((await meta.graph("GET", id, { fields: "approximate_count_lower_bound,delivery_status" })).body).toMatchObject({
      approximate_count_lower_bound: 10_000,
      delivery_status: { code: 200 },
    });
  });

  it("limited data use travels in the rows", async () => {
    const id = await meta.audience();
    const schema = ["EMAIL", "DATA_PROCESSING_OPTIONS", "DATA_PROCESSING_OPTIONS_COUNTRY", "DATA_PROCESSING_OPTIONS_STATE"];
    const added = await meta.graph("POST", `${id}/users`, {
      payload: {
        schema,
        data: [
          [sha("a"), ["LDU"], 1, 1000],
          [sha("b"), [], 0, 0],
          [sha("c"), ["ldu"], 1, 1000],
        ],
      },
    });
    expect(added.body).toMatchObject({ num_invalid_entries: 1 });
  });

  it("one call removes a person from every audience of the account", async () => {
    const [one, two] = [await meta.audience("one"), await meta.audience("two")];
    for (const id of [one, two]) await meta.graph("POST", `${id}/users`, { payload: people("maya@example.com", `${id}@x.example`) });
    await meta.graph("DELETE", `${account}/usersofanyaudience`, { payload: people("maya@example.com") });
    expect([await meta.members(one), await meta.members(two)]).toEqual([[sha(`${one}@x.example`)], [sha(`${two}@x.example`)]]);
  });

  it("removal works even when the terms were withdrawn", async () => {
    const id = await meta.audience();
    await meta.graph("POST", `${id}/users`, { payload: people("maya@example.com") });
    await meta.control("terms", { accepted: false });
    expect(errorOf(await meta.graph("POST", `${id}/users`, { payload: people("b@x.example") }))).toMatchObject({ error_subcode: 1870090 });
    expect((await meta.graph("DELETE", `${id}/users`, { payload: people("maya@example.com") })).status).toBe(200);
    expect(await meta.members(id)).toEqual([]);
  });
});

describe("upload sessions", () => {
  const batch = (id: string, session: Json, method = "POST") =>
    meta.graph(method, `${id}/users`, { payload: people("a@x.example"), session: { session_id: 77, ...session } });

  it("batches count from 1, add up, and end with the last", async () => {
    const id = await meta.audience();
    expect((await batch(id, { batch_seq: 1 })).body["num_received"]).toBe(1);
    expect((await batch(id, { batch_seq: 2, last_batch_flag: true })).body["num_received"]).toBe(2);
    expect((await meta.graph("GET", `${id}/sessions`, { session_id: 77 })).body["data"]).toMatchObject([
      { session_id: "77", stage: "finished", num_received: "2", progress: "100" },
    ]);
    expect(errorOf(await batch(id, { batch_seq: 3 }))).toMatchObject({ code: 2650, error_subcode: 1870159 });
  });

  it("a session begins with batch 1 and skips none", async () => {
    const id = await meta.audience();
    expect(errorOf(await batch(id, { batch_seq: 2 }))).toMatchObject({ error_subcode: 1870147 });
    await batch(id, { batch_seq: 1 });
    expect(errorOf(await batch(id, { batch_seq: 3 }))).toMatchObject({ error_subcode: 1870148 });
  });

  it("a session lasts 90 minutes of the world's clock", async () => {
    const id = await meta.audience();
    await batch(id, { batch_seq: 1 });
    meta.now += 1.5 * 3_600_000 + 1;
    expect(errorOf(await batch(id, { batch_seq: 2 }))).toMatchObject({ error_subcode: 1870158 });
  });

  it("a session belongs to one audience and one kind of change", async () => {
    const [one, two] = [await meta.audience("one"), await meta.audience("two")];
    await batch(one, { batch_seq: 1 });
    expect(errorOf(await batch(two, { batch_seq: 2 }))).toMatchObject({ code: 100 });
    expect(errorOf(await batch(one, { batch_seq: 2 }, "DELETE"))).toMatchObject({ code: 100 });
  });

  for (const session of [
    { session_id: 0, batch_seq: 1 },
    { session_id: "77", batch_seq: 1 },
    { session_id: 1.5, batch_seq: 1 },
    { batch_seq: 0 },
    { batch_seq: 1, last_batch_flag: "yes" },
    { batch_seq: 1, x: 1 },
  ]) {
    it(`refuses ${JSON.stringify(session)}`, async () => {
      const id = await meta.audience();
      expect(errorOf(await batch(id, session))).toMatchObject({ code: 100 });
    });
  }
});
