// A world in the test's own process: what the app sends to the internet is answered by the strict stand-ins, and time is the world's clock.
import { startWorld, type World } from "../sandbox/world.ts";

/**
 * Starts a world and points this process to it. Import the app's modules afterwards, dynamically: Shopify's library keeps the `fetch` it finds when
 * it is first loaded, and the environment is read once.
 */
export async function enterWorld(appUrl = "http://127.0.0.1:9"): Promise<World> {
  const world = await startWorld({ appUrl });
  Object.assign(process.env, {
    SANDBOX_URL: world.url,
    SANDBOX_CLOCK: world.clockFile,
    SMTP_URL: world.smtpUrl,
    SHOPIFY_API_KEY: world.context.appKey,
    SHOPIFY_API_SECRET: world.context.appSecret,
    META_APP_ID: world.context.metaAppId,
    META_APP_SECRET: world.context.metaAppSecret,
    GOOGLE_CLIENT_ID: world.context.googleClientId,
    GOOGLE_CLIENT_SECRET: world.context.googleClientSecret,
  });
  await import("../sandbox/preload.ts");
  return world;
}
