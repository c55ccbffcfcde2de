import { expect, test } from "vitest";
import { isVisit } from "../visits/visit.ts";
import { vocabulary, type Event, type EventName } from "../events/event.ts";
import { deedKindNames, deedKinds } from "./deed.ts";

const isTold = (name: EventName) => isVisit({ name } as Event);

test("a kind is a browser's if browsers alone tell of it, and a visit is whatever they tell", () => {
  for (const kind of deedKindNames) expect(deedKinds[kind].events.every(isTold)).toBe(deedKinds[kind].browser);
  expect([...deedKinds.visited.events].sort()).toEqual((Object.keys(vocabulary) as EventName[]).filter(isTold).sort());
});
