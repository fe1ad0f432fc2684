import type { BuiltinPrompt } from "../entry.ts";

/** Other languages and scripts, and mixtures: more tokens a word, several bytes a character, text from right to left. */
export const multilingual: readonly BuiltinPrompt[] = [
  "Warum fahren im Winter manche Züge langsamer, obwohl die Strecke frei ist? Bitte in drei Sätzen erklären.",
  "¿Cuál es la diferencia entre una hipoteca fija y una variable? Dame un ejemplo con números.",
  "Rédige une courte lettre pour demander le report d'un rendez-vous chez le dentiste.",
  "日本の梅雨はいつ始まり、どのくらい続きますか。洗濯物を乾かすコツも三つ教えてください。",
  "请用简单的话解释什么是通货膨胀，并举一个日常生活中的例子。",
  "어제 산 신발이 작아요. 교환하려면 어떻게 해야 하나요?",
  "ما هي أفضل طريقة لتعلم لغة جديدة في ستة أشهر؟ اقترح خطة أسبوعية.",
  "Почему небо на закате красное? Объясни так, чтобы понял десятилетний ребёнок.",
  "मुझे दाल बनाने की एक आसान विधि बताइए, जिसमें आधे घंटे से कम समय लगे।",
  "Quanto costa mantenere un cane di taglia media per un anno? Fai una stima per voci.",
  "Escreva um anúncio curto para alugar um quarto perto da universidade.",
  "איך מכינים קפה טוב בלי מכונה?",
  ["Bitte übersetze ins Englische: 'Da steppt der Bär.'", "Gibt es dafür auch eine Redewendung im Spanischen?"],
  "Kahvaltıda ne yemeliyim? Süt ürünü yemiyorum ve sabahları çok az vaktim var.",
  "Επίλεξε μία: θάλασσα ή βουνό; Εξήγησε σε δύο προτάσεις.",
  "Cho tôi hỏi đường từ ga Hà Nội đến Hồ Gươm, đi bộ mất bao lâu?",
  "I got this mail from my landlord: 'Die Nebenkostenabrechnung liegt bei, Nachzahlung bis 30.6.' What do I have to do, and until when? Réponds en français, s'il te plaît.",
];
