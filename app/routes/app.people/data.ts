import type { SerializeFrom } from "@remix-run/node";
import type { PeoplePage } from "#app/dashboard/people.server.ts";

/** A page of people, as it arrives in the browser. */
export type PeopleData = SerializeFrom<PeoplePage>;
