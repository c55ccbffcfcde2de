import { expect, it } from "vitest";
import { insteadOf, isLocal, outward, withoutSecrets } from "./addresses.ts";

it("only this machine is local", () => {
  for (const host of ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"]) expect(isLocal(host)).toBe(true);
  for (const host of ["graph.facebook.com", "localhost.example", "10.0.0.1"]) expect(isLocal(host)).toBe(false);
});

it("an address on the internet keeps its host, path and query", () => {
  expect(outward("http://127.0.0.1:4000/", new URL("https://a.example/b/c?d=e%20f#g"))).toBe("http://127.0.0.1:4000/out/a.example/b/c?d=e%20f");
});

it("a browser goes to the stand-in instead of a vendor's site, and anywhere else as it was", () => {
  expect(insteadOf("https://comeback-demo.myshopify.com/products/lamp?variant=1")).toBe("/shop/comeback-demo/products/lamp?variant=1");
  expect(insteadOf("https://comeback-demo.myshopify.com")).toBe("/shop/comeback-demo/");
  expect(insteadOf("https://comeback-demo.myshopify.com/admin/orders/1")).toBe("/admin/store/comeback-demo/orders/1");
  expect(insteadOf("https://comeback-demo.myshopify.com/admin/themes/current/editor?context=apps&activateAppId=k/b")).toBe(
    "/admin/store/comeback-demo/themes/current/editor?context=apps&activateAppId=k/b",
  );
  expect(insteadOf("https://admin.shopify.com/store/comeback-demo/apps/comeback")).toBe("/admin/store/comeback-demo/apps/comeback");
  expect(insteadOf("https://www.facebook.com/v26.0/dialog/oauth?client_id=1", "http://127.0.0.1:4000")).toBe(
    "http://127.0.0.1:4000/meta/www/v26.0/dialog/oauth?client_id=1",
  );
  expect(insteadOf("https://business.facebook.com/ads/manage/customaudiences/tos/?act=1")).toBe("/meta/business/ads/manage/customaudiences/tos/?act=1");
  expect(insteadOf("https://accounts.google.com/o/oauth2/v2/auth?client_id=1")).toBe("/google/accounts/o/oauth2/v2/auth?client_id=1");
  expect(insteadOf("https://www.facebook.com.evil.example/")).toBe("https://www.facebook.com.evil.example/");
});

it("a log never shows a secret of the query", () => {
  expect(withoutSecrets("/me?fields=id&access_token=EAAG123&appsecret_proof=ab")).toBe("/me?fields=id&access_token=…&appsecret_proof=…");
});
