// Every address of the screens, and the file behind it.
import { index, route, type RouteConfig } from "@remix-run/route-config";

export default [
  index("routes/welcome/route.tsx"),
  route("privacy", "routes/privacy/route.tsx"),
  route("pricing", "routes/pricing/route.tsx"),
  route("terms", "routes/terms/route.tsx"),
  route("auth/login", "routes/auth.login/route.tsx"),
  route("auth/*", "routes/auth.$/route.tsx"),
  route("proxy/*", "routes/proxy.$/route.tsx"),
  route("connect/:platform", "routes/connect.platform/route.tsx"),
  route("app", "routes/app/route.tsx", [
    index("routes/app.home/route.tsx"),
    route("tracking", "routes/app.tracking/route.tsx"),
    route("orders/:orderId", "routes/app.order/route.tsx"),
    route("messages/:messageId", "routes/app.message/route.tsx"),
    route("flows", "routes/app.flows/route.tsx"),
    route("flows/:flow", "routes/app.flow/route.tsx"),
    route("flows/:flow/:step", "routes/app.flow-step/route.tsx"),
    route("segments", "routes/app.segments/route.tsx"),
    route("segments/build/:segment?", "routes/app.segments-build/route.tsx"),
    route("segments/:segment", "routes/app.segments-one/route.tsx"),
    route("people", "routes/app.people/route.tsx"),
    route("people/:profileId", "routes/app.person/route.tsx"),
    route("audiences", "routes/app.audiences/route.tsx"),
    route("settings", "routes/app.settings/route.tsx"),
    route("settings/request", "routes/app.settings-request/route.tsx"),
  ]),
] satisfies RouteConfig;
