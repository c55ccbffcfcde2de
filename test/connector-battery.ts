// What every connector must do alike. A vendor's own tests add its fixtures and its quirks.
import { describe, expect, test } from "vitest";
import {
  Rejected,
  Retryable,
  Unauthorized,
  type ConnectionSettings,
  type Connector,
  type HttpRequest,
  type HttpResponse,
  type Identifiers,
  type Member,
  type Wire,
} from "../app/connectors/contract.ts";

/** What the battery must be told of a connector to try it without a network. */
export type Sample<Settings extends ConnectionSettings> = {
  /** A connection that is complete. `secrets` are the texts in it that nobody may read anywhere. */
  settings: Settings;
  secrets: string[];
  /** What the platform answers when all is well. */
  accepts: (request: HttpRequest) => HttpResponse;
  /** The body the platform sends along with a refusal, quoting what it was sent: the worst case for a log. */
  refusal: (quoting: string) => string;
  /** The fields of a person that the platform takes plain; all others must leave hashed. */
  plain: string[];
  /** The people that a call carries, as they stand in it. */
  people: (request: HttpRequest) => unknown;
};

const ann: Member = { ref: "p1", email: "ann.secret@private.test", phone: "+447400123456", firstName: "Annabelle", lastName: "Featherstone", country: "GB" };
const nobody: Member = { ref: "p2", email: null, phone: null, firstName: "Annabelle", lastName: "Featherstone", country: "GB" };
const personal = [/ann\.secret/i, /private\.test/i, /7400123456/, /annabelle/i, /featherstone/i];
const withoutPeople = (text: string) => personal.filter((pattern) => pattern.test(text));

/** A wire that answers what it is told to and remembers what it was asked. */
export function fakeWire(answer: (request: HttpRequest) => HttpResponse): { wire: Wire; asked: HttpRequest[] } {
  const asked: HttpRequest[] = [];
  return {
    asked,
    wire: {
      http: async (request) => {
        asked.push(request);
        return answer(request);
      },
      smtp: async () => expect.unreachable("a connector to an ad platform sends no mail"),
    },
  };
}

async function failure(work: () => Promise<unknown>): Promise<Error> {
  try {
    await work();
  } catch (error) {
    return error as Error;
  }
  return expect.unreachable("it should have failed");
}

/** Tries one connector. */
export function battery<Settings extends ConnectionSettings>(connector: Connector<Settings>, sample: Sample<Settings>): void {
  const { settings } = sample;

  test("names its version and takes back the settings it stored", () => {
    expect(connector.apiVersion).toMatch(/\d/);
    expect(connector.settings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });

  const { connect } = connector;
  if (connect !== undefined) {
    test("sends the merchant over https, with our state, and without a secret", () => {
      const url = new URL(connect.authorizeUrl({ state: "state&1", redirectUri: "https://app.test/back?x=1" }));
      expect(url.protocol).toBe("https:");
      expect(url.searchParams.get("state")).toBe("state&1");
      expect(url.searchParams.get("redirect_uri")).toBe("https://app.test/back?x=1");
      for (const secret of sample.secrets) expect(url.href).not.toContain(secret);
    });
  }

  const { audience } = connector;
  if (audience === undefined) return;
  const people = (count: number): Identifiers[] =>
    Array.from({ length: count }, (_, index) => audience.identify({ ...ann, email: `person-${index}@private.test` }) ?? expect.unreachable());
  const calls = {
    create: (wire: Wire) => audience.create(wire, settings, { name: "Cart abandoners", description: "Kept by Comeback" }),
    add: (wire: Wire) => audience.add(wire, settings, "1", people(1), 1),
    remove: (wire: Wire) => audience.remove(wire, settings, "1", people(1), 1),
    size: (wire: Wire) => audience.size(wire, settings, "1"),
  };

  test("hashes what must be hashed", () => {
    const fields = audience.identify(ann) ?? expect.unreachable();
    for (const [field, value] of Object.entries(fields)) if (!sample.plain.includes(field) && value !== "") expect(value).toMatch(/^[0-9a-f]{64}$/);
    if (!sample.plain.some((field) => field in fields)) expect(withoutPeople(JSON.stringify(fields))).toEqual([]);
  });

  test("does not send who could not be matched, and asks nothing of the same person twice in another way", () => {
    expect(audience.identify(nobody)).toBeNull();
    expect(audience.identify(ann)).toEqual(audience.identify({ ...ann }));
  });

  test.each(["add", "remove"] as const)("%s sends exactly the people it was given, over https, to one address", async (verb) => {
    const { wire, asked } = fakeWire(sample.accepts);
    const three = people(3);
    const outcome = await audience[verb](wire, settings, "1", three, 7);
    expect(outcome).toMatchObject({ received: 3, refused: 0 });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toMatch(/^https:\/\//);
    const sent = decodeURIComponent(JSON.stringify(asked[0]));
    for (const fields of three) for (const value of Object.values(fields)) expect(sent).toContain(value);
    expect(withoutPeople(sent)).toEqual([]);
  });

  test("removes by the same fields it added by", async () => {
    const [adding, removing] = [fakeWire(sample.accepts), fakeWire(sample.accepts)];
    await calls.add(adding.wire);
    await calls.remove(removing.wire);
    expect(removing.asked.map(sample.people)).toEqual(adding.asked.map(sample.people));
    expect(JSON.stringify(adding.asked.map(sample.people))).toMatch(/[0-9a-f]{64}|@/);
    const what = ({ method, url }: HttpRequest) => `${method} ${url}`;
    expect(removing.asked.map(what)).not.toEqual(adding.asked.map(what));
  });

  test.each(["add", "remove"] as const)("%s takes as many as it says, and refuses one more before it calls anybody", async (verb) => {
    const one = people(1)[0] ?? expect.unreachable();
    const most = Array.from({ length: audience.limit }, () => one);
    const { wire, asked } = fakeWire(sample.accepts);
    await audience[verb](wire, settings, "1", most, 1);
    expect(asked).toHaveLength(1);
    expect(await failure(() => audience[verb](wire, settings, "1", [...most, one], 1))).toBeInstanceOf(Rejected);
    expect(asked).toHaveLength(1);
  });

  describe.each(Object.keys(calls) as (keyof typeof calls)[])("%s", (name) => {
    const call = calls[name];
    test.each([
      [429, Retryable],
      [500, Retryable],
      [502, Retryable],
      [503, Retryable],
      [401, Unauthorized],
      [400, Rejected],
      [404, Rejected],
      [422, Rejected],
    ])("%i without a word from the platform", async (status, kind) => {
      for (const text of ["", "<html>Bad gateway</html>", "null", "[]", '{"error":"no"}'])
        expect(await failure(() => call(fakeWire(() => ({ status, headers: {}, text })).wire))).toBeInstanceOf(kind);
    });

    test("an answer that is none is refused, not guessed", async () => {
      for (const text of ["", "OK", "{}", "null", "[]"]) {
        if (name === "size" && text === "{}") continue;
        expect(await failure(() => call(fakeWire(() => ({ status: 200, headers: {}, text })).wire))).toBeInstanceOf(Rejected);
      }
    });

    test("no refusal carries an address, a number or a secret, even where the platform quotes them", async () => {
      for (const status of [400, 401, 403, 429, 500]) {
        const quoting = `${ann.email} ${ann.phone} ${ann.firstName} ${sample.secrets.join(" ")}`;
        const error = await failure(() => call(fakeWire(() => ({ status, headers: {}, text: sample.refusal(quoting) })).wire));
        const said = `${error.message} ${JSON.stringify(error)}`;
        expect(withoutPeople(said)).toEqual([]);
        for (const secret of sample.secrets) expect(said).not.toContain(secret);
        expect(error instanceof Rejected || error instanceof Retryable || error instanceof Unauthorized).toBe(true);
      }
    });

    test("a wire that breaks is passed on as it is: whoever asked decides what is tried again", async () => {
      const broken = new Retryable("graph did not answer.");
      const wire: Wire = { http: () => Promise.reject(broken), smtp: () => Promise.reject(broken) };
      expect(await failure(() => call(wire))).toBe(broken);
    });
  });
}
