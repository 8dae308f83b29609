/**
 * Given names and family names that belong together, in Latin form and, where people use another script, in that one
 * too.
 */
export interface NamePool {
  locale: string;
  given: readonly string[];
  family: readonly string[];
  /** Writes the full name in the people's own script and order; the Latin form where it is not given. */
  own?: Readonly<Record<string, string>>;
}

/** Names for a company with offices in many countries. */
export const NAME_POOLS: readonly NamePool[] = [
  {
    locale: "en_US",
    given: ["Grace", "Marcus", "Olivia", "Tyrone", "Hannah", "Caleb", "Naomi", "Wesley", "Imani", "Dylan"],
    family: ["Whitfield", "Okafor-Reid", "Callahan", "Brooks", "O'Hara", "Sinclair", "Delgado", "Nakamura-Stone"],
  },
  {
    locale: "de_DE",
    given: ["Jürgen", "Anneliese", "Björn", "Käthe", "Matthias", "Sören", "Ursula", "Günther"],
    family: ["Müller", "Großmann", "Schröder", "Weiß", "Köhler", "Brandt", "Jäger"],
  },
  {
    locale: "fr_FR",
    given: ["Chloé", "Étienne", "Maëlys", "François", "Zoé", "Aurélien", "Hélène"],
    family: ["Lefèvre", "Dubois", "Gauthier", "Bérenger", "D'Aubigné", "Mercier"],
  },
  {
    locale: "es_MX",
    given: ["María José", "Íñigo", "Lucía", "Andrés", "Ximena", "Joaquín", "Begoña"],
    family: ["Núñez", "García Márquez", "Ibáñez", "Castañeda", "Peña", "Quiroga"],
  },
  {
    locale: "pl_PL",
    given: ["Łukasz", "Agnieszka", "Michał", "Małgorzata", "Zbigniew", "Żaneta"],
    family: ["Kowalczyk", "Wiśniewski", "Dąbrowska", "Szczęsny", "Jabłoński"],
  },
  {
    locale: "sv_SE",
    given: ["Åsa", "Øyvind", "Linnéa", "Håkon", "Freja", "Jón"],
    family: ["Ångström", "Sørensen", "Lindqvist", "Þórsson", "Bjørnstad"],
  },
  {
    locale: "tr_TR",
    given: ["Işıl", "Çağlar", "Gülşen", "Ömer", "Şebnem"],
    family: ["Yıldız", "Öztürk", "Çelik", "Güneş"],
  },
  {
    locale: "pt_BR",
    given: ["João", "Conceição", "Thaís", "Antônio", "Letícia"],
    family: ["Gonçalves", "da Conceição", "Guimarães", "Simões"],
  },
  {
    locale: "vi_VN",
    given: ["Thảo", "Đức", "Ngọc Ánh", "Hùng"],
    family: ["Nguyễn", "Trần", "Phạm", "Đặng"],
  },
  {
    locale: "ja_JP",
    given: ["Misaki", "Haruto", "Sakura", "Kenji"],
    family: ["Tanaka", "Sato", "Watanabe", "Kobayashi"],
    own: {
      Misaki: "美咲",
      Haruto: "陽翔",
      Sakura: "さくら",
      Kenji: "健二",
      Tanaka: "田中",
      Sato: "佐藤",
      Watanabe: "渡辺",
      Kobayashi: "小林",
    },
  },
  {
    locale: "uk_UA",
    given: ["Oksana", "Taras", "Yevhen", "Solomiia"],
    family: ["Shevchenko", "Kovalenko", "Bondarchuk", "Melnyk"],
    own: {
      Oksana: "Оксана",
      Taras: "Тарас",
      Yevhen: "Євген",
      Solomiia: "Соломія",
      Shevchenko: "Шевченко",
      Kovalenko: "Коваленко",
      Bondarchuk: "Бондарчук",
      Melnyk: "Мельник",
    },
  },
  {
    locale: "ar_EG",
    given: ["Layla", "Omar", "Nour", "Yusuf"],
    family: ["Hassan", "El-Masry", "Haddad", "Al-Najjar"],
    own: {
      Layla: "ليلى",
      Omar: "عمر",
      Nour: "نور",
      Yusuf: "يوسف",
      Hassan: "حسن",
      "El-Masry": "المصري",
      Haddad: "حداد",
      "Al-Najjar": "النجار",
    },
  },
  {
    locale: "hi_IN",
    given: ["Ananya", "Rohan", "Priya", "Vikram", "Ishaan"],
    family: ["Iyer", "Chatterjee", "Srinivasan", "Kulkarni", "Bose"],
  },
  {
    locale: "ko_KR",
    given: ["Ji-woo", "Min-jun", "Seo-yeon", "Hyun-woo"],
    family: ["Kim", "Park", "Choi", "Jeong"],
    own: {
      "Ji-woo": "지우",
      "Min-jun": "민준",
      "Seo-yeon": "서연",
      "Hyun-woo": "현우",
      Kim: "김",
      Park: "박",
      Choi: "최",
      Jeong: "정",
    },
  },
  {
    locale: "en_NG",
    given: ["Chidinma", "Olúwaṣeun", "Ngozi", "Emeka", "Adébáyò"],
    family: ["Okonkwo", "Adéyẹmí", "Nwosu", "Balogun"],
  },
];

/** Letters that do not decompose into a plain letter and a mark. */
const PLAIN: Readonly<Record<string, string>> = {
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  þ: "th",
  ı: "i",
  æ: "ae",
};

/** A name as part of a login: plain lower-case letters and nothing else. */
export function loginPart(name: string): string {
  const lower = name.toLowerCase().replace(/[ßøłđþıæ]/g, (letter) => PLAIN[letter] ?? "");
  return lower.normalize("NFD").replace(/[^a-z]/g, "");
}
