// The world as its own process: node sandbox/serve.ts [--port 4000] [--app http://127.0.0.1:3000] [--folder .data/world]
import { parseArgs } from "node:util";
import { freePort } from "./port.ts";
import { startWorld } from "./world.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "4000" },
    app: { type: "string", default: "http://127.0.0.1:3000" },
    folder: { type: "string" },
  },
});

const world = await startWorld({
  port: await freePort(Number(values.port)),
  appUrl: values.app,
  ...(values.folder === undefined ? {} : { folder: values.folder }),
});
console.log(JSON.stringify({ url: world.url, frameUrl: world.frameUrl, smtpUrl: world.smtpUrl, clockFile: world.clockFile }));

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    void world.close().then(() => process.exit(0));
  });
}
