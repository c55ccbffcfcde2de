import { statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { openBrowser, screenshot } from "./browser.ts";

test("a real browser opens a page, runs its script, passes for a person, and leaves a picture", { timeout: 120_000 }, async () => {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      `<p id="agent">${request.headers["user-agent"] ?? ""}</p><p id="sum"></p><script>document.querySelector("#sum").textContent = 40 + 2</script>`,
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await page.textContent("#sum")).toBe("42");
    expect(await page.textContent("#agent")).toMatch(/^Mozilla\/5\.0 .*Chrome\/\d+\.0\.0\.0/);
    expect(await page.textContent("#agent")).not.toContain("Headless");
    // Without a font every word would be as wide as nothing.
    expect(await page.evaluate("document.querySelector('#agent').getBoundingClientRect().height")).toBeGreaterThan(5);
    expect(statSync(await screenshot(page, "browser test")).size).toBeGreaterThan(1000);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
});
