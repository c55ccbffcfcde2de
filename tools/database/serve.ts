// The embedded database as its own process: node tools/database/serve.ts <folder> [port]
// Says one line of JSON when it is ready, {"url": "postgresql://…"}, and closes gently on SIGTERM, SIGINT, or the end of its parent.
import { startDatabase } from "./front.ts";

const [folder, port] = process.argv.slice(2);

try {
  const database = await startDatabase({ ...(folder === undefined ? {} : { folder }), ...(port === undefined ? {} : { port: Number(port) }) });
  const stop = (): void => {
    database.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("disconnect", stop);
  process.stdout.write(`${JSON.stringify({ url: database.url })}\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
