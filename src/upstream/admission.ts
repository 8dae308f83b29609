import type { ServeFile } from "../people/serve-fields.js";
import { isTrustedAddress } from "../people/trusted-domains.js";
import type { Store } from "../store/open-store.js";
import { signInFailure } from "./sign-in-failure.js";
import { hadSecondFactor, type SignedIn } from "./signed-in.js";

/** The settings of serve.json that decide who is let in. */
export type AdmissionSettings = Pick<ServeFile["sign_on"], "auto_create" | "trusted_domains" | "second_factor">;

export interface AdmissionOptions {
  store: Pick<Store, "people" | "invitations">;
  /** The settings at this moment. */
  settings(): AdmissionSettings;
}

/** The assurance that Okta is asked for where a second factor is needed (Okta's OAuth document, schema `AcrValue`). */
const TWO_FACTORS = ["urn:okta:loa:2fa:any"];

/** Decides who is let in, before anything is kept of them. What a role allows them is decided after that. */
export class Admission {
  readonly #options: AdmissionOptions;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** The assurances that a sign-in asks Okta for; undefined for none. */
  get acrValues(): readonly string[] | undefined {
    return this.#options.settings().second_factor ? TWO_FACTORS : undefined;
  }

  /** @throws SignInFailure mfa_required, domain_not_trusted, not_invited */
  async admit(signedIn: SignedIn): Promise<void> {
    const { second_factor } = this.#options.settings();
    if (second_factor && !hadSecondFactor(signedIn)) {
      const { acr = "none", amr } = signedIn;
      throw signInFailure("mfa_required", { detail: `acr ${acr}, amr ${amr.join(" ") || "none"}` });
    }
    if (!this.isTrusted(signedIn)) {
      const { emailVerified } = signedIn;
      const detail = emailVerified
        ? "the address is at another domain"
        : "Okta does not say that the address is verified";
      throw signInFailure("domain_not_trusted", { detail });
    }
    if (!(await this.isExpected(signedIn))) throw signInFailure("not_invited");
  }

  /** True for an address of a trusted domain, and for every one where no domains are named. */
  isTrusted({ email, emailVerified }: Pick<SignedIn, "email" | "emailVerified">): boolean {
    return isTrustedAddress({ email, emailVerified }, this.#options.settings().trusted_domains);
  }

  /** True for somebody who was here before or was invited, and for everybody where people need no invitation. */
  async isExpected({ issuer, subject }: Pick<SignedIn, "issuer" | "subject">): Promise<boolean> {
    const { store, settings } = this.#options;
    if (settings().auto_create) return true;
    const known = await store.people.findBySubject(issuer, subject);
    return known !== undefined || (await store.invitations.find(issuer, subject)) !== undefined;
  }

  /** Uses up the invitation of somebody who has come. */
  async arrived({ issuer, subject }: Pick<SignedIn, "issuer" | "subject">): Promise<void> {
    await this.#options.store.invitations.drop(issuer, subject);
  }
}
