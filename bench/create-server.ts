// What one would write first: JSON, then one Prisma `create` per request. `DATABASE_URL=… node bench/create-server.ts`, prints its port.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "../prisma/generated/client.ts";

const adapter = new PrismaPg({ connectionString: process.env["DATABASE_URL"] ?? "", max: 10, options: "-c timezone=UTC" });
const db = new PrismaClient({ adapter });
await db.$executeRaw`SELECT make_event_partition(${new Date()}::timestamptz)`.catch(() => undefined);

type Body = { events: { id: string; at: string; visitor: string; name: string; data: object }[] };
let seq = 0n;

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const [event] = (JSON.parse(Buffer.concat(parts).toString("utf8")) as Body).events;
    if (event === undefined) return void response.writeHead(400).end();
    const at = new Date(event.at);
    const row = {
      shopId: 999_999,
      sourceAt: at,
      sourceId: event.id,
      seq: (seq += 1n),
      name: event.name,
      subject: event.visitor,
      occurredAt: at,
      data: event.data,
    };
    db.event.create({ data: row }).then(
      () => response.writeHead(200, { "content-length": 2 }).end("ok"),
      () => response.writeHead(500).end(),
    );
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
