// Tells a shop's log so many events a second for a while, as the doors do, and says after each commit how many it has told, when, and how long it took. A child of segments-lag.ts.
import { appendHot, ensureComingPartitions } from "../app/events/append.server.ts";
import { after } from "../app/lib/time.ts";
import { queue, wakeSoon } from "../app/queue.server.ts";
import { hotStatement } from "../app/tx.server.ts";
import { stream } from "../sandbox/simulator/stream.ts";
import { now, shopId } from "./segments-data.ts";
import { dueAfter, type Plan } from "./segments-lag.ts";
import { happen, told } from "./segments-happenings.ts";

const tickMs = 10;

process.once("message", (plan: Plan) => {
  void (async () => {
    const { people, perSecond, name, first, from, wake } = plan;
    await queue();
    const count = dueAfter(Infinity, plan);
    const crowd = { people, strangers: 0.05, crossed: 0.002, abroad: 0.01 };
    const events = told(happen(stream("lag", name), crowd, count, after(now, from), 1_000 / perSecond, first), name);
    await ensureComingPartitions(now);
    process.send?.({ ready: true });
    await new Promise((go) => process.once("message", go));
    const began = performance.now();
    let sent = 0;
    // Open: what is due is sent, whether or not anybody keeps up.
    while (sent < count) {
      const due = dueAfter(performance.now() - began, plan);
      if (due > sent) {
        const some = events.slice(sent, due);
        const asked = performance.now();
        await hotStatement((tx) => appendHot(some.map((event) => ({ shopId, event })), tx)); // prettier-ignore
        const at = performance.now();
        if (wake) wakeSoon("events.process", shopId);
        sent = due;
        process.send?.({ sent, at: performance.timeOrigin + at, took: at - asked });
      }
      await new Promise((later) => setTimeout(later, tickMs));
    }
    // The last wake-up is still to come.
    await new Promise((later) => setTimeout(later, 1_000));
    process.exit(0);
  })();
});
