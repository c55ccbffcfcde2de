import type { SerializeFrom } from "@remix-run/node";
import type { PersonView } from "#app/dashboard/person.server.ts";

/** A person, as she arrives in the browser. */
export type PersonData = SerializeFrom<PersonView>;
