// What the standard segments are called, and what each is for. English first; a second language is a second file of the same shape.
import type { RfmGroup, Stage } from "./groups.ts";

type Words = { name: string; template: string };

export const standardWords = {
  each: {
    "checkout-abandoners": { name: "Checkout abandoners", template: "Started a checkout that can be reached, and went: remind them of it." },
    "cart-abandoners": { name: "Cart abandoners", template: "Filled a cart and went: bring them back to it." },
    "past-purchasers": { name: "Past purchasers", template: "Everybody who ever ordered: sell them what goes with it." },
    "recent-buyers": { name: "Recent buyers", template: "Ordered within 30 days: leave them out of ads." },
    "product-viewers": { name: "Product viewers without a cart", template: "Looked at a product and took nothing: show it to them again." },
    "form-abandoners": { name: "Form abandoners", template: "Began a form and did not send it: ask whether they need help." },
    "new-visitors": { name: "New visitors", template: "Came for the first time this week: say who you are." },
    "returning-visitors": { name: "Returning visitors", template: "Came back on another day: they are close to a decision." },
    "buyers-30": { name: "Past purchasers, 1–30 days", template: "Ordered last within 30 days: thank them, ask for a review." },
    "buyers-90": { name: "Past purchasers, 31–90 days", template: "Ordered last one to three months ago: the time for a second order." },
    "buyers-180": { name: "Past purchasers, 91–180 days", template: "Ordered last three to six months ago: show them what is new." },
    "buyers-365": { name: "Past purchasers, 181–365 days", template: "Ordered last half a year to a year ago: give them a reason to return." },
    "repeat-buyers": { name: "Repeat buyers", template: "Ordered at least twice: they like what you do." },
    "lapsed-buyers": { name: "Lapsed buyers", template: "Ordered before, and not for 90 days: win them back." },
    "high-value": { name: "High value", template: "The fifth of your customers who spent the most: treat them well, and look for more like them." },
  },
  groups: {
    champions: { name: "Champions", template: "Bought just now, and buy the most often: let them be the first to see what is new." },
    loyal: { name: "Loyal customers", template: "Buy often, and not long ago: reward them." },
    "potential-loyalists": { name: "Potential loyalists", template: "Bought lately, and more than once: invite them to stay." },
    "new-customers": { name: "New customers", template: "Bought just now, for the first time: help them begin well." },
    promising: { name: "Promising", template: "Bought once, not long ago: make yourself remembered." },
    "need-attention": { name: "Need attention", template: "Were regular, and grow quiet: make them an offer for a limited time." },
    "about-to-sleep": { name: "About to sleep", template: "Bought seldom, and some time ago: remind them before they forget." },
    "at-risk": { name: "At risk", template: "Bought often, but long ago: ask them back in person." },
    "cannot-lose": { name: "Cannot lose them", template: "Bought the most often, but long ago: do not let them go without a word." },
    hibernating: { name: "Hibernating", template: "Bought seldom, and long ago: try once, and do not pester them." },
  } satisfies Record<RfmGroup, Words>,
  stages: {
    prospect: { name: "Prospects", template: "Never ordered: the first order is what counts." },
    new: { name: "New customers, by stage", template: "One order, less than 60 days ago: the second order makes a customer." },
    active: { name: "Active customers", template: "Two orders or more, the last less than 60 days ago." },
    "at-risk": { name: "Customers at risk", template: "Ordered last 60 to 90 days ago: the time to write." },
    lapsed: { name: "Lapsed customers", template: "Ordered last 90 days to a year ago: win them back." },
    lost: { name: "Lost customers", template: "No order for a year: one last word, then quiet." },
  } satisfies Record<Stage, Words>,
  expected: {
    "expected-likely": {
      name: "Likely to order again",
      template: "Probably order within 90 days by themselves: show them what is new, and keep the discount.",
    },
    "expected-overdue": { name: "Usually back by now", template: "Came back before, and are a week to three months late: the time for a word." },
    "expected-slipping": { name: "Slipping away", template: "Ordered more than once, and are unlikely to again soon: win them back while they remember you." },
    "expected-valuable": { name: "High value, likely soon", template: "Spent the most, and may well order within 90 days: let them be the first to know." },
  } satisfies Record<string, Words>,
} as const;
