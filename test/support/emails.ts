import { expect } from "vitest";
import { DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { connect } from "./client.js";

export const template = { brand_id: DEFAULT_BRAND_ID, template_name: "UserActivation" };
export const reset = { brand_id: DEFAULT_BRAND_ID, template_name: "ForgotPassword" };
/** Returns the path of a template in the API, with `path` at its end. */
export const at = (path = "", { brand_id: brand, template_name: name } = template) =>
  `/api/v1/brands/${brand}/templates/email/${name}${path}`;

export const variable = (name: string) => `\${${name}}`;
export const LINK = variable("activationLink");
export const text = { subject: "S", body: `<p>${LINK}</p>` };

/** A text that changes visibly if one byte, escape or normal form is handled wrongly. */
export const EXOTIC = [
  "日本語・한국어・ไทย",
  "e\u0301 is not é",
  "\u200fעברית\u200e العربيّة",
  "👩‍👩‍👧 \u{1F9D1}\u{1F3FD}",
  "tab\tcr\r\nlf\n",
  "<a href='x?a=1&amp;b=\"2\"'>",
  "$100 \\u0041 \\n %20 \u2028\u0001",
  variable("user.profile.firstName"),
].join("|");

export type Customization = { id: string; language: string; isDefault: boolean; subject: string; body: string };
type Get = Awaited<ReturnType<typeof connect>>["get"];

/** Returns the customizations of a template, as the tool lists them. */
export async function customizations(get: Get, of = template): Promise<Customization[]> {
  return (await get("list_email_customizations", of)).items as Customization[];
}

/** Returns the id of the customization in a language. */
export const idOf = (all: readonly Customization[], language: string) =>
  all.find((one) => one.language === language)?.id ?? expect.unreachable(`no customization in ${language}`);

/** Connects to an org. One template of its brand has an English default and a French customization. */
export async function withTwo(options: Parameters<typeof connect>[0] = {}) {
  const connected = await connect(options);
  await connected.get("create_email_customization", { ...template, ...text, language: "en" });
  await connected.get("create_email_customization", { ...template, ...text, language: "fr-CA" });
  const all = await customizations(connected.get);
  const before = connected.writes().length;
  const since = () => connected.writes().slice(before);
  return { ...connected, en: idOf(all, "en"), fr: idOf(all, "fr-CA"), since };
}
