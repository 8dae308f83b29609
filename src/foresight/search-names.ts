import { OktaMcpError, reworded } from "../errors/index.js";
import type { Page } from "../okta/operations.js";
import { reasonOf } from "../okta/tolerate.js";
import { notes } from "../results/listing.js";
import { comparisonsIn } from "../text/filter-words.js";
import { nearest } from "../text/nearest.js";
import { visibleStart } from "../text/quote.js";
import type { ItemList, ListOptions, SearchArguments, Searched } from "../tool.js";
import { BASE_ATTRIBUTES, OWN_ATTRIBUTES, OWN_VALUES } from "./known-attributes.js";
import { attributesListedBy, type KnownSchema, type ProfileSchemas, type SchemaReader } from "./profile-schemas.js";

const PROFILE = "profile.";
/** The most names and values that one message holds. */
const MAX_TOLD = 10;

function didYouMean(guess: string | undefined): string {
  return guess === undefined ? "" : `; did you mean ${visibleStart(guess)}?`;
}

/** The text that a name is compared with, where it is text, and whether the comparison ignores case. */
interface Compared {
  text: string | undefined;
  folds: boolean;
}

/** A name that a search, a filter or an order uses, with the values it is compared with. */
interface Used {
  name: string;
  compared: Compared | undefined;
}

function usedIn(expression: string, folds: boolean): Used[] {
  return comparisonsIn(expression).map(({ attribute, operator, text }) => ({
    name: attribute,
    compared: operator === "eq" ? { text, folds } : undefined,
  }));
}

/** The name of an attribute that only the org's schema can confirm; undefined for all other names. */
function profileName(of: "user" | "group", name: string): string | undefined {
  const base: readonly string[] = BASE_ATTRIBUTES[of];
  const own = name.startsWith(PROFILE) && !name.includes("[") ? name.slice(PROFILE.length) : undefined;
  return own === undefined || base.includes(own) ? undefined : own;
}

/**
 * Checks the names and values of a search, a filter and an order, since Okta answers wrong ones with an empty list. It
 * asks Okta nothing where every org has all of the names.
 */
class SearchNames {
  readonly #of: Searched;
  readonly #schemas: ProfileSchemas;
  readonly #reader: SchemaReader;
  readonly #used: readonly Used[];
  readonly #problems = new Set<string>();
  /** The names that could not be checked, each with the reason. */
  readonly #unchecked = new Map<string, string>();
  /** The names that the schema lacks. Each costs one request, and an expression may have any number of them. */
  readonly #lookedUp = new Set<string>();
  #known: Promise<KnownSchema> | undefined;

  constructor(
    { search = "", filter = "", sort_by }: SearchArguments,
    of: Searched,
    { schemas, reader }: { schemas: ProfileSchemas; reader: SchemaReader },
  ) {
    this.#of = of;
    this.#schemas = schemas;
    this.#reader = reader;
    const order: Used[] = sort_by ? [{ name: sort_by, compared: undefined }] : [];
    this.#used = [...usedIn(search, true), ...usedIn(filter, false), ...order];
  }

  /**
   * @returns a sentence about the names that could not be checked; undefined where all were
   * @throws OktaMcpError bad_input for names and values that the org does not have, with the nearest ones
   */
  async check(): Promise<string | undefined> {
    for (const used of this.#used) await this.#checkName(used);
    if (this.#problems.size > 0) {
      throw new OktaMcpError("bad_input", `${[...this.#problems].slice(0, MAX_TOLD).join(" ")} Nothing was searched.`, {
        fix: `Correct the names and values${attributesListedBy(this.#reader.toolFor)}.`,
        namesNoObject: true,
      });
    }
    const [first] = this.#unchecked.values();
    if (first === undefined) return undefined;
    const names = [...this.#unchecked.keys()].slice(0, MAX_TOLD).join(", ");
    return `Whether there is such an attribute was not checked (${first}): ${names}.`;
  }

  async #checkName({ name, compared }: Used): Promise<void> {
    const of = this.#of;
    const values = Object.hasOwn(OWN_VALUES[of], name) ? OWN_VALUES[of][name] : undefined;
    if (values !== undefined && compared) return this.#checkValue(name, compared, values);
    if (name.includes("[") || OWN_ATTRIBUTES[of].includes(name)) return;
    if (of === "app") return this.#tell(name, nearest(name, OWN_ATTRIBUTES.app));
    if (name.startsWith(PROFILE)) return this.#checkProfile(of, name, compared);
    // Okta refuses other names itself, and may accept some that its document does not mention.
    const isOfProfile = await this.#isOfProfile(of, name);
    this.#tell(name, isOfProfile ? `${PROFILE}${name}` : nearest(name, OWN_ATTRIBUTES[of]));
  }

  async #checkProfile(of: "user" | "group", full: string, compared: Compared | undefined): Promise<void> {
    const name = profileName(of, full);
    if (name === undefined || this.#lookedUp.has(name)) return;
    const base: readonly string[] = BASE_ATTRIBUTES[of];
    const { attributes, unknown } = await this.#schema(of);
    const attribute = attributes.get(name);
    if (attribute !== undefined) {
      const values = attribute.values?.filter((value) => typeof value === "string");
      if (values && compared) this.#checkValue(full, compared, values);
      return;
    }
    if (unknown !== undefined) {
      this.#unchecked.set(`${visibleStart(full)}${didYouMean(near(name, base)).replace(/\?$/, "")}`, unknown);
      return;
    }
    this.#lookedUp.add(name);
    if (this.#lookedUp.size > MAX_TOLD) {
      this.#unchecked.set(visibleStart(full), `only ${MAX_TOLD} unknown names are looked up`);
      return;
    }
    const isUsed = await this.#isUsed(of, full);
    // Another user type, or an app that brings groups, may have attributes that the default schema lacks.
    if (isUsed === undefined) this.#unchecked.set(visibleStart(full), "the org's default schema does not have it");
    else if (!isUsed) {
      const guess = near(name, [...attributes.keys(), ...base]);
      this.#problems.add(`There is no attribute ${visibleStart(full)}${didYouMean(guess) || "."}`);
    }
  }

  /** The schema for all names. It is read once, however many names it lacks. */
  #schema(of: "user" | "group"): Promise<KnownSchema> {
    const names = () => this.#used.map(({ name }) => profileName(of, name)).filter((name) => name !== undefined);
    this.#known ??= this.#schemas.read(of, this.#reader, { names: names() });
    return this.#known;
  }

  /** True where some profile has the attribute; undefined where Okta does not say. */
  async #isUsed(of: "user" | "group", name: string): Promise<boolean | undefined> {
    const { okta } = this.#reader;
    const query = { search: `${name} pr`, limit: 1 };
    try {
      const page: Page = await (of === "user" ? okta.users.listUsers.page(query) : okta.groups.listGroups.page(query));
      return page.items.length > 0;
    } catch (error) {
      reasonOf(error);
      return undefined;
    }
  }

  async #isOfProfile(of: "user" | "group", name: string): Promise<boolean> {
    const base: readonly string[] = BASE_ATTRIBUTES[of];
    if (base.includes(name)) return true;
    return (await this.#schema(of)).attributes.has(name);
  }

  #tell(name: string, guess: string | undefined): void {
    if (guess !== undefined) this.#problems.add(`There is no attribute ${visibleStart(name)}${didYouMean(guess)}`);
  }

  #checkValue(name: string, { text, folds }: Compared, values: readonly string[]): void {
    if (text === undefined) return;
    const fold = (value: string) => (folds ? value.toLowerCase() : value);
    if (values.some((value) => fold(value) === fold(text))) return;
    const all = values.length <= MAX_TOLD ? ` It has: ${values.map((value) => visibleStart(value)).join(", ")}.` : "";
    this.#problems.add(
      `${visibleStart(name)} has no value ${visibleStart(JSON.stringify(text))}${didYouMean(nearestValue(text, values)) || "."}${all}`,
    );
  }
}

/** The value that begins with the text, or is spelled nearly alike. */
function nearestValue(text: string, values: readonly string[]): string | undefined {
  const start = text.toLowerCase();
  const begins = start.length < 3 ? undefined : values.find((value) => value.toLowerCase().startsWith(start));
  return begins ?? nearest(text, values);
}

function near(name: string, known: readonly string[]): string | undefined {
  const guess = nearest(name, known);
  return guess && `${PROFILE}${guess}`;
}

/**
 * Reads a list after checking the names and values of its search.
 * @throws OktaMcpError bad_input for names and values that the org does not have; the error of reading
 */
export async function checkedList(
  options: ListOptions,
  { schemas, reader, read }: { schemas: ProfileSchemas; reader: SchemaReader; read: () => Promise<ItemList> },
): Promise<ItemList> {
  const { of } = options;
  if (of === undefined) return read();
  const unchecked = await new SearchNames(options, of, { schemas, reader }).check();
  try {
    const list = await read();
    return { ...list, note: notes(list.note, unchecked) };
  } catch (error) {
    throw withSearchable(error, of);
  }
}

/** Okta's refusal of a search, with the attributes that can be searched by. */
function withSearchable(error: unknown, of: Searched): unknown {
  if (!(error instanceof OktaMcpError) || error.data?.okta_error_code !== "E0000031") return error;
  const profile = of === "app" ? "" : " and profile.…";
  return reworded(error, {
    fix: `Search by ${OWN_ATTRIBUTES[of].join(", ")}${profile}, texts in double quotes, with eq, sw (starts with), gt, ge, lt, le, pr, joined by and, or. Filters and co (contains) know fewer attributes; there is no ne and no ew.`,
  });
}
