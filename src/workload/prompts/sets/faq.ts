/** Short questions to a support desk. */
export const faq = [
  "How do I reset my password if I no longer have access to the email address on the account?",
  "What is your return policy for items bought during a sale?",
] as const;
