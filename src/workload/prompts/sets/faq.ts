import type { BuiltinPrompt } from "../entry.ts";

/** Questions to a support desk: short, ordinary, some with a second question that follows from the answer. */
export const faq: readonly BuiltinPrompt[] = [
  "How do I reset my password if I no longer have access to the email address on the account?",
  "What is your return policy for items bought during a sale?",
  "My parcel says delivered but nothing is here. What should I do now?",
  "Can I change the delivery address after the order has been placed?",
  "Do you charge for shipping to islands and mountain regions?",
  "I was charged twice for the same order. How long does it take until the money is back?",
  [
    "I want to cancel my subscription. When does it end?",
    "If I cancel today, do I keep what I have stored until the end of the month?",
    "And can I come back later with the same account?",
  ],
  "Which payment methods do you accept, and is there a fee for any of them?",
  "How do I add a second person to my plan, and what can they see?",
  [
    "The app signs me out every few minutes since the last update. How can I stop that?",
    "I have reinstalled it and it still happens, but only on mobile data. What else can I try?",
  ],
  "Where can I find the invoice for last March? My accountant needs the one with the tax number on it.",
  "Is the blue rain jacket true to size? I usually wear a medium, but between the shoulders it is often tight.",
  "My discount code is not accepted. It says that the code has expired, but the newsletter came yesterday.",
  "How long is the guarantee on the coffee grinder, and does it cover the burrs?",
  "What data do you keep about me, and how can I have it deleted?",
  "The left earbud has stopped charging after four months. Can I get a replacement for one side only?",
  [
    "We are a school and would like to order forty of the desk lamps. Do you give a discount?",
    "Could you deliver them in two parts, half of them before the summer holiday?",
  ],
  "Your chat closed in the middle of my last conversation. Can you tell me what the agent had suggested?",
  "How do I turn off the daily summary mails without turning off the security alerts?",
  "Is the shop open on the public holiday next Monday, and from when?",
];
