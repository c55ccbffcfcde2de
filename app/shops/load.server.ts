// What other rooms may ask of the shops' store.
export {
  completePrivacyRequest,
  deleteSessions,
  ensureRecentShop,
  ensureShop,
  forgetRequestsOf,
  openPrivacyRequests,
  privacyRequests,
  recentShop,
  shopByDomain,
  shopById,
  shopsWithOpenRequests,
  updateShop,
} from "./store.server.ts";
