import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openClock } from "./clock.ts";

const start = Date.parse("2026-11-21T09:00:00Z");
const newFile = () => join(mkdtempSync(join(tmpdir(), "clock-")), "deep", "clock.json");

describe("the clock", () => {
  it("starts at real time and writes its file at once", () => {
    const clock = openClock(newFile(), () => start);
    expect(clock.now().toISOString()).toBe("2026-11-21T09:00:00.000Z");
    expect(JSON.parse(readFileSync(clock.file, "utf8"))).toEqual({ offsetMs: 0 });
  });

  it("advances by a duration, and advances add up", () => {
    const clock = openClock(newFile(), () => start);
    clock.move({ advance: "PT1H" });
    clock.move({ advance: "P3D" });
    expect(clock.now().toISOString()).toBe("2026-11-24T10:00:00.000Z");
    expect(JSON.parse(readFileSync(clock.file, "utf8"))).toEqual({ offsetMs: 73 * 3_600_000 });
  });

  it("an hour ahead is an hour, however long the move takes", () => {
    let real = start;
    const clock = openClock(newFile(), () => (real += 7));
    clock.move({ advance: "PT1H" });
    expect(clock.offsetMs()).toBe(3_600_000);
  });

  it("does not go backwards when asked to advance", () => {
    const clock = openClock(newFile(), () => start);
    expect(clock.move({ advance: "-PT1H" }).ok).toBe(false);
    expect(clock.offsetMs()).toBe(0);
  });

  it("goes backwards when set to an instant or reset", () => {
    const clock = openClock(newFile(), () => start);
    expect(clock.move({ at: "2026-11-20T09:00:00Z" })).toMatchObject({ ok: true });
    expect(clock.offsetMs()).toBe(-86_400_000);
    clock.move({ reset: true });
    expect(clock.offsetMs()).toBe(0);
  });

  it("refuses what is neither a duration nor an instant, and stays where it was", () => {
    const clock = openClock(newFile(), () => start);
    expect(clock.move({ advance: "three days" }).ok).toBe(false);
    expect(clock.move({ at: "tomorrow" }).ok).toBe(false);
    expect(clock.offsetMs()).toBe(0);
  });

  it("follows another clock to the millisecond", () => {
    let real = start;
    const [one, other] = [openClock(newFile(), () => real), openClock(newFile(), () => (real += 7))];
    one.move({ advance: "P3D" });
    other.follow(one);
    expect(other.offsetMs()).toBe(one.offsetMs());
  });

  it("is found again where it was left", () => {
    const file = newFile();
    openClock(file, () => start).move({ advance: "P1D" });
    expect(
      openClock(file, () => start)
        .now()
        .toISOString(),
    ).toBe("2026-11-22T09:00:00.000Z");
  });
});
