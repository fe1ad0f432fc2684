import type { BuiltinPrompt } from "../entry.ts";

/** Questions that take several steps to answer; reasoning models think longest here. */
export const reasoning: readonly BuiltinPrompt[] = [
  "A ferry leaves every 40 minutes, the first at 6:10. A bus reaches the harbour every 25 minutes, the first at 6:00. When do a bus and a ferry first meet at the same minute, and how often does that happen until noon?",
  "Four friends, Ana, Bo, Cem and Dia, own a cat, a dog, a parrot and a snake. Ana is allergic to fur. Bo's animal has four legs. The snake does not belong to a woman, and Ana and Dia are women. Dia's animal chases the dog. Who owns what?",
  "A tank fills through one pipe in 6 hours and through another in 4 hours; a leak empties it in 12 hours. How long does it take to fill with both pipes open and the leak unnoticed?",
  [
    "You have two ropes that each burn for exactly one hour, but unevenly. How do you measure 45 minutes?",
    "Could you measure 10 minutes with the same two ropes? Prove your answer as well as you can.",
  ],
  "In a village, every man who does not shave himself is shaved by the barber, who lives there. Is the description possible? Treat each reading of it separately.",
  "A test for a disease finds 95 % of those who have it and wrongly flags 3 % of those who do not. One person in 400 has the disease. Somebody tests positive twice, and the tests are independent. What is the chance that they have it?",
  "Plan a week of dinners for four people, one of them vegetarian and one who eats no nuts, with no more than 60 euros for all of it, using each opened ingredient at least twice. Show how the cost adds up.",
  "A train of 200 m crosses a bridge of 700 m at 54 km/h. At the same moment a cyclist starts from the far end of the bridge at 18 km/h against the train. Where on the bridge do they meet, counted from the side where the train enters, and how long has the whole train needed to leave the bridge?",
  "Which would you rather have: a machine that is right 99 times in 100 and never says that it is unsure, or one that is right 90 times in 100 and always knows when it is wrong? Argue for a hospital, a search engine and a lottery.",
  [
    "Estimate how many piano tuners work in Vienna. Say each assumption aloud.",
    "Which of your assumptions matters most to the result, and how would you check it in an afternoon?",
  ],
  "Three switches outside a closed room belong to three lamps inside it. You may enter once. One of the lamps is broken, but you do not know which. What can you still find out, and what not?",
  "A shop raises its prices by 20 % and then gives 20 % off everything. A regular customer with a loyalty card has another 5 % off at the till. Compare what she pays with the price at the start, and say which order of the three steps would be best for her.",
  "How many squares of any size are on a chess board from which two opposite corner squares have been cut? Explain the count.",
  "A team of five can write a report in six days. After two days one of them falls ill, and a day later two others join who work half as fast. When is the report done?",
  "Someone claims that since every accident in a town last year happened within 10 km of home, long trips are safe. What is wrong with the argument, and what numbers would you need to judge the claim?",
];
