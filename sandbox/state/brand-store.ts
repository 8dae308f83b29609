import type { Doer, JsonObject } from "./model.js";
import type { Area, OrgState } from "./org-state.js";

/** A stored brand: the settings as they were sent, with Okta's additions. */
export interface Brand extends JsonObject {
  id: string;
  name: string;
  /** True for the brand of the Okta subdomain; there is exactly one. */
  isDefault: boolean;
}

export interface Theme extends JsonObject {
  id: string;
}

export type PageKind = "sign-in" | "error";
export type PageState = "customized" | "preview";

/** The brand of the Okta subdomain, which every org has from the beginning. */
export const DEFAULT_BRAND_ID = "bndSandboxDefault001";
const DEFAULT_THEME_ID = "thdSandboxDefault001";

/** Further parts of a brand that other areas keep. They set these functions when they begin. */
export interface BrandLinks {
  /** The custom domains that show the brand, as Okta shows them. */
  domains(brandId: string): JsonObject[];
  /** An email domain as Okta shows it; undefined where there is none with this id. */
  emailDomain(emailDomainId: string): JsonObject | undefined;
}

interface Entry {
  brand: Brand;
  theme: Theme;
  pages: Map<`${PageKind}/${PageState}`, JsonObject>;
  signOut: JsonObject;
}

const EVENT_NAMES: Record<PageKind, string> = { "sign-in": "custom_signin", error: "custom_error" };

/** The brands of the org with their themes and pages. Every write succeeds and is logged. */
export class BrandStore {
  readonly #org: OrgState;
  readonly #entries = new Map<string, Entry>();
  readonly links: BrandLinks = { domains: () => [], emailDomain: () => undefined };

  constructor(org: OrgState) {
    this.#org = org;
    const brand = { id: DEFAULT_BRAND_ID, isDefault: true, ...newSettings(), name: org.name };
    this.#put(brand, { id: DEFAULT_THEME_ID, ...newTheme(org) });
  }

  /** All brands, in the order in which they were added. */
  all(): Brand[] {
    return [...this.#entries.values()].map(({ brand }) => brand);
  }

  get(id: string): Brand | undefined {
    return this.#entries.get(id)?.brand;
  }

  themeOf(brand: Brand): Theme {
    return this.#of(brand).theme;
  }

  /** A page that was made for the brand; undefined where there is none. */
  pageOf(brand: Brand, kind: PageKind, state: PageState): JsonObject | undefined {
    return this.#of(brand).pages.get(`${kind}/${state}`);
  }

  signOutOf(brand: Brand): JsonObject {
    return this.#of(brand).signOut;
  }

  add(settings: JsonObject & { name: string; id?: string }, doer?: Doer): Brand {
    const { id = this.#org.newId("bnd"), ...rest } = settings;
    const brand: Brand = { id, ...newSettings(), ...rest, isDefault: false };
    this.#put(brand, { id: this.#org.newId("thd"), ...newTheme(this.#org) });
    this.#log(brand, "system.brand.create", "Create brand", doer);
    return brand;
  }

  /** Replaces a brand's settings by `settings`. Missing ones get Okta's own value. */
  replace(brand: Brand, settings: JsonObject & { name: string }, doer?: Doer): Brand {
    const { id, isDefault } = brand;
    const next: Brand = { ...newSettings(), ...settings, id, isDefault };
    this.#of(brand).brand = next;
    this.#log(next, "system.brand.update", "Update brand", doer);
    return next;
  }

  remove(brand: Brand, doer?: Doer): void {
    this.#entries.delete(brand.id);
    this.#log(brand, "system.brand.delete", "Delete brand", doer);
  }

  /** Changes the given parts of a brand's theme. */
  changeTheme(brand: Brand, changes: JsonObject, doer?: Doer): Theme {
    const entry = this.#of(brand);
    entry.theme = { ...entry.theme, ...changes };
    this.#log(brand, "system.theme.update", "Update theme", doer);
    return entry.theme;
  }

  /** Okta's own image in place of a missing image of a theme. */
  ownImage(name: "logo" | "favicon" | "backgroundImage"): string | null {
    return newTheme(this.#org)[name];
  }

  setPage(brand: Brand, kind: PageKind, state: PageState, page: JsonObject, doer?: Doer): void {
    this.#of(brand).pages.set(`${kind}/${state}`, page);
    this.#log(brand, `system.${EVENT_NAMES[kind]}.update`, `Update ${state} ${kind} page`, doer);
  }

  /** Removes a page. True when there was one. */
  removePage(brand: Brand, kind: PageKind, state: PageState, doer?: Doer): boolean {
    if (!this.#of(brand).pages.delete(`${kind}/${state}`)) return false;
    this.#log(brand, `system.${EVENT_NAMES[kind]}.delete`, `Delete ${state} ${kind} page`, doer);
    return true;
  }

  setSignOut(brand: Brand, settings: JsonObject, doer?: Doer): void {
    this.#of(brand).signOut = settings;
    this.#log(brand, "system.custom_signout.update", "Update sign-out page", doer);
  }

  #put(brand: Brand, theme: Theme): void {
    this.#entries.set(brand.id, { brand, theme, pages: new Map(), signOut: { type: "OKTA_DEFAULT" } });
  }

  #of(brand: Brand): Entry {
    const entry = this.#entries.get(brand.id);
    if (entry === undefined) throw new RangeError(`There is no brand ${brand.id}.`);
    return entry;
  }

  #log({ id, name }: Brand, eventType: string, displayMessage: string, doer?: Doer): void {
    const target = [{ id, type: "Brand", alternateId: name, displayName: name, detailEntry: null }];
    this.#org.log({ eventType, displayMessage, target }, doer);
  }
}

/** The brands of an org, their themes and pages. */
export const brandArea: Area<BrandStore> = { name: "brands", create: (org) => new BrandStore(org) };

function newSettings() {
  return {
    agreeToCustomPrivacyPolicy: false,
    removePoweredByOkta: false,
    customPrivacyPolicyUrl: null,
    locale: "en",
    defaultApp: { appInstanceId: null, appLinkName: null, classicApplicationUri: null },
  };
}

function newTheme({ origin }: OrgState) {
  return {
    logo: `${origin}/assets/img/logos/okta-logo.png`,
    favicon: `${origin}/favicon.ico`,
    backgroundImage: null,
    primaryColorHex: "#1662dd",
    primaryColorContrastHex: "#ffffff",
    secondaryColorHex: "#ebebed",
    secondaryColorContrastHex: "#000000",
    signInPageTouchPointVariant: "OKTA_DEFAULT",
    endUserDashboardTouchPointVariant: "OKTA_DEFAULT",
    errorPageTouchPointVariant: "OKTA_DEFAULT",
    emailTemplateTouchPointVariant: "OKTA_DEFAULT",
    loadingPageTouchPointVariant: "OKTA_DEFAULT",
  };
}
