import type { BuiltinPrompt } from "../entry.ts";

/** A few words in, a few words out: what completion of a form or a voice assistant asks. */
export const short: readonly BuiltinPrompt[] = [
  "What is the capital of Mongolia?",
  "Translate to French: where is the nearest pharmacy?",
  "Give me a synonym for tedious.",
  "Convert 72 degrees Fahrenheit to Celsius.",
  "Is this review positive or negative? 'Arrived late, but the soup was worth the wait.'",
  "Write a subject line for a mail that announces a delayed delivery.",
  "How many days are there from 3 March to 19 May?",
  "Name three rivers that flow into the Black Sea.",
  "Correct the grammar: 'Me and her was going to the market yesterday.'",
  "Turn this into title case: the long way back to the harbour",
  "What does the abbreviation TLS stand for?",
  "Suggest a name for a bakery beside a railway station.",
  "Which is heavier, a litre of milk or a litre of olive oil?",
  "Extract the date: 'Let us meet a week after Easter Sunday, on the 28th of April, in the small room.'",
  "Answer with yes or no: does bread dough need salt to rise?",
  "Put these in order of size: moon, Mars, Titan, Mercury.",
];
