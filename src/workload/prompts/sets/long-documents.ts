import type { BuiltinPrompt } from "../entry.ts";

const harbourMinutes = `Minutes of the harbour committee, Norrvik, 14 February

Present: Ms Aalto (chair), Mr Brandt (harbour master), Ms Castellan (fishing cooperative), Mr Dahl (ferry line), Ms Eriksson (town council, until 19:30). Apologies: Mr Fossum.

1. The east mole. Mr Brandt reported on the divers' inspection of January. Of the forty-two piles of the east mole, nine have lost more than a third of their section to shipworm, all of them on the seaward side between the old crane and the light. The three worst stand next to each other. He has closed the outer thirty metres to vehicles above two tonnes and marked the edge. The engineers advise against closing the mole to people on foot, since the deck carries them with a wide margin, but want the inspection repeated after every storm with waves above three metres. There have been two such storms in the last five winters.

Ms Castellan said that the ice lorry weighs nine tonnes when full and that without it the boats on the outer berths have to shift to the inner quay to take ice, which costs each of them about forty minutes a day. She asked whether the lorry could come half full. Mr Brandt answered that the empty lorry alone is above the limit.

2. Repair or replacement. Two offers are on the table. The first sleeves the nine piles in concrete for 310,000 and can be done in seven weeks from April, with the berths in use except for two days each. The second replaces the outer sixty metres with a floating pontoon for 880,000, takes until October, and closes the outer berths for the whole season, but needs no divers for twenty-five years. The council has set aside 400,000 this year and has promised nothing for the next. Ms Eriksson said that a state grant could cover 40 % of a pontoon, but that applications are decided in September and that work which has begun is not eligible.

Mr Dahl pointed out that the evening ferry turns in the lee of the mole and that a pontoon lies lower and damps swell less. The captain of the Sjøfugl wants a model calculation before he agrees. He also reminded the committee that the ferry line pays 62,000 a year in harbour dues and holds a contract that lets it leave at six months' notice.

3. Fuel berth. The new pump delivers 90 litres a minute instead of the 140 in the contract. The supplier blames the hose. Mr Brandt withholds the last instalment of 18,000 until it is settled. Nobody objected.

4. Decisions. The sleeves are ordered for the three worst piles at once, for at most 110,000, on condition that the supplier extends the price of the other six until the end of November. The application for the grant goes out by 1 March; Ms Eriksson writes it, Mr Brandt adds the divers' report. Mr Dahl obtains the model calculation at the ferry line's cost. Ms Castellan asks the cooperative whether a smaller lorry can be hired for the season, and what that would cost.

5. Next meeting: 11 April, 18:00, in the sail loft, since the town hall is being painted.`;

const returnsPolicy = `Returns, repairs and refunds: what we promise, and where it ends

Thirty days for a change of mind. You may send back anything bought in our shop or on our site within thirty days of the day on which it reached you, without a reason. The day of arrival is not counted. Goods must be complete and in a state in which we can sell them again; to try something on as you would in a shop is fine, to wear it for a weekend is not. We refund the price within five working days after the parcel has reached our warehouse, by the same way in which you paid. If you paid with a voucher, you receive a voucher with a new term of three years.

What cannot be sent back. Food, cut fabric, and anything made to your measure cannot be returned unless it is faulty. Earphones, razors and mattresses can be returned only in their closed hygiene seal. Software and audio books cannot be returned once the code has been shown to you.

Sale items follow the same rules, with one exception: what is marked "last piece" is exchanged for a voucher, not for money, unless it is faulty.

Who pays for the way back. Up to a value of 40 euros you pay for the return parcel; above it we do, within the country. From abroad you pay, unless we sent the wrong thing or it was faulty on arrival. Large items (the product page shows a small lorry) are collected by us for 29 euros; the sum is deducted from the refund. Members of the Circle pay for neither.

Faults. The law gives you two years. In the first twelve months we assume that the fault was there from the start and do not argue. After that we may ask you to show that it was. You can choose between repair and replacement; if the same fault comes back after two repairs, or a repair takes more than three weeks, you can have your money back instead. For batteries we count a capacity below 70 % within the first year as a fault, and wear after that as wear.

The five-year promise. On kitchen machines and bicycles of our own brand we give five years on frame and motor. Register within ninety days of the purchase, otherwise the promise ends after two years. It does not cover parts that wear (belts, brake pads, burrs, tyres), damage by falls, or machines used for business. It stays with the machine when you sell it or give it away, if the new owner registers too.

Gifts. Whoever holds the gift slip can exchange the gift or have a voucher for its price. We pay out money only to the person who paid, and we do not tell them.

When we are late. If a refund has not left us ten working days after the parcel arrived, we add 5 euros for each further week that has begun. If a delivery comes more than seven days after the date that we had confirmed, you may cancel it even if it is already on its way, and we bear every cost of it.

Complaints go to the address at the foot of your order mail; a person answers within two working days. If we do not agree, the conciliation office of the trade chamber decides, free of charge for you, and we accept its decision up to 2,000 euros.`;

const incidentReport = `Post-incident review: checkout unavailable, Thursday 9 November

Summary. Between 17:42 and 18:31 about one checkout in three failed, and between 18:04 and 18:19 nearly all of them did. Some 11,400 customers saw an error page; 2,950 of them came back the same evening. No order was lost after it had been confirmed, but 186 cards were charged twice; all of these were refunded by Friday noon.

What happened. At 17:30 the pricing team released a change that looks up the loyalty discount for each line of a basket instead of once for the basket. In tests with two lines it added four milliseconds. Baskets on that evening, the first of the winter sale, had eleven lines on average. The loyalty service answered each of the lookups quickly, but its connection pool holds sixty connections for each instance of checkout, and at 17:42 the pool was exhausted. Requests then waited for a connection for up to five seconds, the default that nobody had chosen, before they failed.

The gateway retries failed checkouts twice. It treats a wait of more than three seconds as a failure. From 17:44 on, each basket was therefore sent up to three times, and the load on the loyalty service rose to 2.6 times what the customers caused. Since a checkout that the gateway had given up was not cancelled further down, its lookups went on, and in 186 cases the payment as well.

At 17:51 the alarm for checkout errors rang. The engineer on call saw a healthy loyalty service (its own latency is measured after the pool) and suspected the payment provider, which had announced maintenance for the same evening. At 18:04 she doubled the instances of checkout, from eight to sixteen. As every instance opens its own pool, the database of the loyalty service now had up to 960 connections instead of 480 and reached its limit of 800. From then on it refused new connections altogether, those of the health check included, and its instances were restarted one after another. Each restart began with an empty cache.

At 18:12 a second engineer noticed that the number of lookups did not fit the number of baskets and asked in the channel who had released what. The pricing team answered at 18:16. The change was rolled back at 18:19; the retries were switched off at the gateway at 18:22; the queue had drained by 18:31.

What went well. The roll-back took three minutes. The payment ledger made it possible to find all double charges within two hours. Support had a text for customers at 17:58.

What did not. The release went out twelve minutes before the sale's peak. The load test used baskets of two lines, because it was written in 2019. The dashboard had no figure for the time spent waiting for a connection. The retries had no budget. The runbook's first advice for checkout errors is to add instances.

Actions. (1) Lookups once a basket, enforced by a test that counts calls; pricing, done. (2) Waiting time for pooled connections as a metric with an alarm at 100 ms; platform, 24 November. (3) Retry budget of 10 % at the gateway, and cancellation passed on; platform, 8 December. (4) Payment keyed by basket, so that a second attempt cannot charge again; payments, 15 December. (5) The load test draws its baskets from last month's orders; quality, 1 December. (6) No releases on the day before and the day of a sale; all teams, from now on.`;

const beeArticle = `How a hive keeps its temperature

A cluster of honey bees in winter is warmer than a healthy person's hands. While the snow lies on the roof of the hive, the centre of the cluster stays between twenty and thirty-five degrees, depending on whether there is brood to be kept alive. Nobody heats it from outside, and a single bee on a cold night would be dead within the hour. The hive does it together, and no bee knows that it does.

The heat comes from the flight muscles. A bee can uncouple its wings from the muscles that move them, much as one presses a clutch, and then let the muscles work against each other. The wings hardly stir, the thorax warms up, and with it the bee next to it. The fuel is honey: a strong colony burns between ten and twenty kilograms of it from October to April, most of it after the turn of the year, when the queen starts to lay again and the centre has to be kept at brood temperature whatever the weather.

The shape does the rest. As the air gets colder, the bees move closer together. The outer ones form a mantle with their heads inward, and their hairs interlock into a coat that holds the warmth about as well as the down of a bird. In the mantle it may be no warmer than ten degrees, just enough for a bee to hold on. Below eight it can no longer move its legs and falls. For a long time it was believed that bees of the mantle and of the centre change places in an orderly rotation, like penguins. Films with infrared cameras show something less tidy: a bee that is too cold pushes inward, a bee that is too warm walks outward, and the surface of the cluster regulates itself by where everyone happens to feel comfortable.

In summer the problem turns around. Brood dies above thirty-six degrees. When it gets warm inside, some bees begin to fan at the entrance, always in rows, all in the same direction, so that air is drawn in on one side and blown out on the other. What makes this work is that they are not alike. Each bee begins to fan at a slightly different temperature, which depends in part on her father, and a queen mates with a dozen drones or more. A colony with many fathers therefore adds fanners one by one as it gets warmer, instead of all at once. Colonies bred from a single drone swing between too hot and too cold like a badly tuned thermostat.

If fanning is not enough, foragers stop bringing nectar and fetch water instead. They do not measure the temperature either. They notice how eagerly the house bees take their load: when water is wanted, someone unloads them within seconds, and when nobody does for two minutes, they turn to something else. The droplets are spread in thin films over the combs, and the fanners' wind evaporates them. On a day in July a colony may bring in more than a litre.

Beekeepers who open a hive in January to see how things are do more harm than the frost: the cluster needs up to three days to make good the warmth that escapes in a minute.`;

const leaseAgreement = `Lease of the ground-floor premises, 8 Tannery Lane (extract)

§ 1 Object. The landlord lets to the tenant the shop room of 74 square metres, the kitchen of 12 and the cellar of 31, together with the use of the yard on working days from 7 to 18 o'clock for deliveries. The cellar is let as storage; it has been under water twice, in 2002 and 2013, and the landlord gives no warranty for goods kept lower than forty centimetres above its floor.

§ 2 Use. The premises are let for a café with up to thirty seats. A change of use needs the landlord's consent in writing, which may be refused only for an important reason. The tenant obtains the licences at their own cost. If the licence for outdoor seats is refused or withdrawn, the rent is reduced by 180 euros a month for as long as that lasts.

§ 3 Term. The lease begins on 1 May and runs for five years. The tenant may prolong it twice by three years each if they say so in writing at the latest nine months before the end. If neither party gives notice and no option is used, the lease goes on without a fixed term and may be ended by either side with six months' notice to the end of a quarter.

§ 4 Rent. The rent is 1,950 euros a month net, due on the third working day. For the first four months it is 975, in return for the works of § 7. From the third year on it follows the consumer price index: when the index has moved by more than 5 % since the last adjustment, either side may ask for a change of the rent by the same percentage, from the second month after the request. There is no adjustment backwards in time.

§ 5 Running costs. The tenant pays 28 % of the building's running costs, in advance 310 euros a month, settled once a year by 30 September. Heating is charged at 70 % by meter and 30 % by area. Repairs to roof and façade are not running costs. A statement that comes later than the date named cannot lead to a further payment by the tenant, unless the landlord is not to blame for the delay.

§ 6 Deposit. Three months' net rent, payable in three parts, the first at handover. It may be replaced by a bank guarantee.

§ 7 Works. The tenant renews the floor and the electric wiring of the kitchen to the standard in force, by a licensed firm. The landlord renews the shop window before handover; for every week of delay beyond 1 May no rent is due for two weeks. What the tenant has built in stays at the end of the lease, and the landlord pays its present value, calculated on ten years, if the lease ends before ten years for a reason for which the tenant is not to blame.

§ 8 Repairs. Small repairs up to 150 euros each, and at most 600 a year, are the tenant's. All others are the landlord's, unless the tenant caused the damage. The tenant reports damage at once; if they do not, they bear what the delay costs.

§ 9 Noise. From 22 o'clock on no music may be heard in the flats above. Three justified complaints in writing within twelve months entitle the landlord to end the lease with three months' notice, if a warning had been given after the second.

§ 10 Assignment. The tenant may pass the lease on to a buyer of the café. The landlord may object within four weeks if there are facts that cast doubt on the buyer's solvency. The tenant stays liable for the rent for one year after the transfer.`;

const travelLetter = `A letter from the slow train

Dear Marit,

You asked me to write how it really was, and not only what I took pictures of, so this one is long. I am in the dining car of the night train, which is called a dining car because there is a table in it. The man behind the counter has sold his last sandwich to me and now he is reading, with his shoes off.

We left the coast on Tuesday, two hours late. There had been a landslide on the line and the whole train stood in a station with one platform, a goat, and a clock that was right. Nobody complained. An old woman unpacked a cake, cut it with a comb, and went from one compartment to the next until it was gone. By the time we moved again I knew that her name was Vesna, that she was on her way to the wedding of a grandson whom she had seen twice, and that she considered the bride too thin. She had a suitcase with eleven jars of plum jam. When I helped her to lift it down, in the middle of the night, in a town whose name I never saw, one of them broke, and she gave me another of the remaining ten because I looked so guilty. I have it here. I have no spoon.

On Wednesday I walked around the lake, as you said I should, against the clock's direction, as you also said. You were right about the light. You were wrong about the path, which has been in the lake since the spring for about a kilometre, so that one has to go up through a vineyard. The dog of the vineyard went with me, at first because it had to and later because it wanted to, and turned back precisely at a stone at which nothing could be seen. I have thought about that stone since then.

The guest house by the mill no longer exists. It is a mill again, strangely enough. A young couple bought the machinery back from a museum, and they grind rye on three days of the week and teach on the others. They let me sleep above the sacks. I have seldom slept so well; there is a sound that water makes when it has worked all day. In the morning they would not take money, so I carried sacks until noon, and my back will tell you the rest when I am home.

Now the practical part. I lost my blue notebook, probably on the bus to the mill, with your brother's address in it; please send it again, to the post office in Brod, where I shall be from the 4th to the 7th. The camera is fine. I have spent less than I feared, apart from the shoes, of which I shall say nothing. I have changed the ticket: I come back on the 12th instead of the 9th, in the evening, by the same train as Jonas, if he still takes it. If you water only one of the plants, let it be the small one in the kitchen.

It is getting light. There is a river on the left that I do not know, and the man behind the counter has put his shoes back on, so there must be a station soon.

Yours, with jam,
Henrik`;

const clinicProtocol = `Opening of the evening walk-in clinic: plan for the first three months

Why. On working days between 17 and 22 o'clock the emergency department sees 61 patients on average, of whom 38 leave without any treatment that needed a hospital. They wait 3 hours and 10 minutes in the median; one in nine leaves before being seen. General practices in the district close at 18 o'clock, and on Wednesdays at 13 o'clock. The walk-in clinic is to take over those patients who are neither in danger nor in need of equipment that only the hospital has.

Where and when. The clinic uses the rooms of the day surgery on the ground floor, which are empty from 16 o'clock on: four treatment rooms, one room for procedures, a waiting area with twenty-two seats. It is open from Monday to Friday, 17 to 22 o'clock; the last patient is admitted at 21:15. On public holidays it stays closed in the first three months.

Staff. Two physicians (one of them a resident in the third year or later), two nurses, one medical assistant at the desk. One of the physicians comes from the pool of the district's practices, who are paid by the hour; eleven practices have agreed so far, fourteen are needed for a rota in which nobody serves more than once in two weeks. If a physician cancels and no substitute is found until 15 o'clock, the clinic opens with one physician and closes admission at 20 o'clock.

How patients get there. Everyone who comes on foot to the emergency department is assessed by the triage nurse within ten minutes. Categories 1 and 2 stay. Category 3 stays, unless the nurse and the physician in charge agree otherwise. Categories 4 and 5 are offered the clinic; they may decline. Children under two years, pregnant women after the twentieth week, and people with chest pain of any kind are never sent to the clinic. Patients brought by ambulance are never sent to the clinic. From the clinic one comes back to the emergency department in the same way, without a new triage, when a physician asks for it; the file goes with the patient.

What the clinic does not do: sick notes for more than three days, prescriptions for opioids or sleeping pills, vaccinations, and anything that a practice had already begun and can finish on the next day.

Measures. (a) Time from arrival to physician, median and 90th percentile, for the clinic and for the emergency department's own patients. (b) Patients sent back to the emergency department, with the reason; more than 8 % in any week is discussed on the following Monday. (c) Return within 72 hours to any of the two, compared with last year. (d) Patients who leave without being seen. (e) Satisfaction, one question on a tablet at the exit. (f) Cost for each patient. The ethics board does not need to approve, as no data are collected beyond those of routine care.

Decision. After three months the board continues the clinic if (a) falls by at least a third for the clinic's patients without rising for the others, (b) is below 8 % on average, and (c) has not risen. If (a) is reached but (b) is not, triage is changed and the trial goes on for two months. In every other case it ends.

Risks. The clinic may attract patients who would otherwise have waited for their practice; this is counted by one question at the desk. The physicians' pool may shrink in the influenza season. The rooms may be needed by the day surgery when lists run late, which happened on 19 afternoons last year; on such days the clinic starts with two rooms.`;

const streetTrees = `What the street trees told us: a report to the residents of the Old Dyke quarter

Last spring, 140 of you measured the trees in front of your doors. This is what came of it, and what the city has promised to do about it.

What was measured. From 20 April to 3 May volunteers visited 1,214 of the 1,260 places in which, according to the city's register, a tree stands. For each they noted whether it does, the girth of the trunk at breast height, the size of the open soil around it, whether the soil was hard (a pencil could not be pushed in to half of its length), visible damage, and the number of dead branches thicker than a thumb. Two volunteers visited each of 120 randomly chosen trees independently. Their girths differed by 2 % in the median, their judgement of hardness agreed in 88 % of the cases, and their count of dead branches hardly at all, so we have left that count out of everything that follows.

What we found. 97 of the places were empty, most of them for more than two years; the register knew of 31. Limes are the most frequent trees (412), before maples (260), planes (171), hornbeams (88) and forty other kinds. The median lime is 48 years old. Where the open soil measured less than two square metres, a lime of that age had a girth of 84 centimetres; where it measured more than six, 117. The difference remains when one compares only trees of the same street, and when one leaves out those next to building sites. Hard soil was found at 58 % of the trees with parking alongside and at 21 % of those without. Damage at the height of a bumper was seen on every fifth tree beside a parking space, and on one in fifty elsewhere.

What we cannot say. Trees with much soil may have been planted with more care from the start. We did not look at the roots, and gas pipes, which harm them, run under some of the streets and not under others; the utility did not give us the plan. And volunteers chose the streets in which they live: the northern part, with its large blocks, is covered less well (81 %) than the rest (98 %).

What it means for the heat. On the hottest day of last July, the air in Linden Street was 2.1 degrees cooler at 16 o'clock than in Cooper Street, which has the same width and direction, but a third of the crown area. A single pair of streets proves little. Together with the eleven other pairs that we measured, in nine of which the street with more crown was the cooler one, it makes coincidence unlikely, though not impossible.

What the city promises. All empty places are to be planted by the end of next year, 40 of them this autumn; the kinds will be chosen for drought, and no kind will make up more than a fifth. At 200 trees with less than two square metres of soil, the opening will be enlarged to at least five, which costs 74 parking spaces. Bars against bumpers come first where we saw damage. The register will be corrected from our list. The city has not promised water: it counts on residents to give each young tree a hundred litres a week from May to September, and lends out bags for it.

What you can do. Adopt a tree (a list hangs in the library). Loosen the soil, plant low flowers, put nothing with salt on it in winter. And come again next spring, when we measure the same trees for the second time, and for the first time the roots, with a radar that the university lends us.`;

/** Documents of several hundred words with a task: long prompts, short or middling answers, and follow-up questions on the same text. */
export const longDocuments: readonly BuiltinPrompt[] = [
  `Summarise these minutes in five bullet points for someone who was not there. Name who has to do what by when.\n\n${harbourMinutes}`,
  [
    `Answer from the following text only. If it does not say, say so.\n\n${returnsPolicy}\n\nQuestion: I bought a desk of 380 euros with the small lorry on its page and have changed my mind after twelve days. I am no member. What do I get back?`,
    "And if one of its legs had been cracked when it came?",
    "My sister gave me a razor from your shop. I have opened it. What can I do with the gift slip?",
  ],
  `Read this review of an incident. Draw up the chain of causes as a numbered list, from the first cause to the effect on customers. Mark those that made it worse after it had begun.\n\n${incidentReport}`,
  [
    `Explain the main idea of the following article to a class of twelve-year-olds, in at most 150 words.\n\n${beeArticle}`,
    "Write four questions with answers to check whether they have understood it.",
  ],
  [
    `You advise someone who wants to open a café. Which clauses of this lease would you try to change before signing, and why? Put the most important first.\n\n${leaseAgreement}`,
    "Write a polite mail to the landlord that asks for the first two of your changes.",
    "The café opens on 1 May, but the shop window comes only on 24 May. What rent is due for the first four months?",
  ],
  `List everything in this letter that the reader has to do, with dates where there are any. Then describe the writer's mood in one sentence.\n\n${travelLetter}`,
  [
    `A patient of 34 years comes on foot at 18:40 with a sprained ankle, triage category 4. Another, pregnant in the 24th week, has a cold. A third has slight chest pain and is in category 4. Decide with the plan below who is offered the clinic, and quote the sentence on which you base each decision.\n\n${clinicProtocol}`,
    "After three months the median time to a physician has fallen by 40 % for the clinic's patients, has stayed the same for the others, 9 % were sent back, and returns have not risen. What does the board do?",
  ],
  `Write a press release of about 200 words from this report. Then list the claims of the report that its own data do not fully support.\n\n${streetTrees}`,
  `Compare the two texts below. In which of them does a group act sensibly without anybody in charge, and in which does it fail in spite of people in charge? Three paragraphs.\n\nFirst text:\n\n${beeArticle}\n\nSecond text:\n\n${incidentReport}`,
  `Extract from the following text a table with the columns date, event, who, sum of money. Use an empty cell where the text does not say.\n\n${harbourMinutes}`,
];
