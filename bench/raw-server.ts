// The limit of the machine: checks the signature, parses, keeps nothing. `node bench/raw-server.ts <secret>`, prints its port.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const secret = process.argv[2] ?? "";

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    const given = Buffer.from(String(request.headers["x-shopify-hmac-sha256"]), "base64");
    const right = createHmac("sha256", secret).update(body).digest();
    const genuine = given.length === right.length && timingSafeEqual(given, right);
    JSON.parse(body.toString("utf8"));
    response.writeHead(genuine ? 200 : 401).end("ok");
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
