import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { customerFileSources, fields, operations } from "./definition.ts";

// Meta's published definitions lie beside the checkout on some machines only; without them this is skipped aloud.
const folder = new URL("../../../shared/data/openapi/meta/", import.meta.url);
const official = existsSync(folder);
if (!official) console.warn("skipped: Meta's published definitions are not on this machine, so the stand-in's table was not compared with them");

type Published = { apis: { method: string; endpoint?: string; params: { name: string }[] }[]; fields: { name: string }[] };
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), "utf8"));

describe.skipIf(!official)("the stand-in knows nothing that Meta does not publish", () => {
  for (const type of ["AdAccount", "CustomAudience", "CustomAudienceSession"] as const) {
    it(`every field of ${type}`, () => {
      const published = (read(`${type}.json`) as Published).fields.map((field) => field.name);
      expect(fields[type].filter((name) => !published.includes(name))).toEqual([]);
    });
  }

  for (const operation of operations.filter((one) => one.on !== "User")) {
    it(`${operation.method} ${operation.on} ${operation.edge ?? ""}`, () => {
      const { apis } = read(`${operation.on}.json`) as Published;
      const found = apis.find((api) => api.method === operation.method && api.endpoint === operation.edge);
      expect(found).toBeDefined();
      const published = found?.params.map((param) => param.name) ?? [];
      expect(operation.params.filter((name) => !published.includes(name))).toEqual([]);
    });
  }

  it("where customer files come from", () => {
    const enums = read("enum_types.json") as { name: string; values: string[] }[];
    const published = enums.find((one) => one.name === "adaccountcustomaudiences_customer_file_source_enum_param");
    expect([...(published?.values ?? [])].sort()).toEqual([...customerFileSources].sort());
  });
});
