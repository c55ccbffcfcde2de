// The limit of the machine: parses, checks the signature where a secret is given, keeps nothing. `node bench/raw-server.ts [secret]`, prints its port.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const secret = process.argv[2] ?? null;

function genuine(body: Buffer, given: string): boolean {
  const right = createHmac("sha256", secret ?? "")
    .update(body)
    .digest();
  const signature = Buffer.from(given, "base64");
  return signature.length === right.length && timingSafeEqual(signature, right);
}

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on("data", (part: Buffer) => parts.push(part));
  request.on("end", () => {
    const body = Buffer.concat(parts);
    const right = secret === null || genuine(body, String(request.headers["x-shopify-hmac-sha256"]));
    JSON.parse(body.toString("utf8"));
    response.writeHead(right ? 200 : 401, { "content-length": 2 }).end("ok");
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
