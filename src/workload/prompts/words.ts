/**
 * Common English words. Each, with a space before it, is one token in the o200k_base and cl100k_base vocabularies (tested), and most
 * other byte-pair vocabularies have them whole too.
 */
export const WORDS: readonly string[] = `
time year people way day man thing woman life child world school state family student group country problem hand part
place case week company system program question work government number night point home water room mother area money
story fact month lot right study book eye job word business issue side kind head house service friend father power
hour game line end member law car city community name president team minute idea kid body information back parent
face others level office door health person art war history party result change morning reason research girl guy
moment air teacher force education foot boy age policy music market street table court food paper board land road
river sea ship harbour port wind rain snow summer winter spring garden tree forest mountain field farm animal horse
bird fish dog cat bread coffee tea milk sugar salt oil wood stone metal glass gold silver iron paint colour light
sound voice song film picture letter page note list map plan test report order price cost value rate sale shop store
bank card account credit loan tax budget payment customer client worker manager doctor nurse patient hospital
medicine science nature energy heat fire engine machine tool computer network screen phone message email file record
data model figure chart measure unit weight length size shape space corner edge centre middle top bottom front north
south east west region border village town bridge station train bus flight airport hotel kitchen window wall floor
roof stairs chair bed desk lamp clock bell box bag bottle cup plate knife key lock chain rope wheel boat good new
first last long great little own old big high different small large next early young important few public bad same
able human local late hard major better strong possible whole free military true federal full special easy clear
recent certain personal open red difficult available likely short single medical current wrong private past foreign
fine common poor natural significant similar hot dead central happy serious ready simple left physical general
environmental financial blue democratic dark various entire close legal religious cold final main green nice huge
popular traditional cultural wide deep quiet quick slow warm heavy bright fresh clean dry soft safe rich broad steady
plain modern ancient be have do say get make go know take see come think look want give use find tell ask seem feel
try leave call need become put mean keep let begin help talk turn start show hear play run move like live believe
hold bring happen write provide sit stand lose pay meet include continue set learn lead understand watch follow stop
create speak read allow add spend grow walk win offer remember love consider appear buy wait serve die send expect
build stay fall cut reach kill remain suggest raise pass sell require decide pull return explain hope develop carry
break receive agree support hit produce eat cover catch draw choose cause listen realize involve increase count share
visit travel arrive drive ride fly swim climb cook wash fix repair sing dance laugh smile also very often still just
even again always never sometimes usually really almost already soon later together perhaps quite rather instead
however therefore once twice today tomorrow yesterday now here there away around above below between behind beyond
during before after until since while because though although unless whether about against among across along through
toward within without under over near into from with for and but or so than then when where which who whose what why
how
`
  .trim()
  .split(/\s+/);

/** Those that begin a sentence: one token with a capital too, after a space or not. */
export const STARTERS: readonly string[] = `
The This That These Those Each Every Many Some Most When While After Before Because Although Since Until Once There
Here Now Then What How Why Where Who One Two Three In On At From With For And But So It They We You People Time Work
Life Water Health Research Music Children Students Today Perhaps However Often Still
`
  .trim()
  .split(/\s+/);
