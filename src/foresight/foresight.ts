import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import { isObject } from "../json/json.js";
import type { Operations } from "../okta/operations.js";
import type { Scope } from "../okta/scopes.js";
import { idsUnder, TARGET_TYPES } from "../okta/targets.js";
import { reasonOf } from "../okta/tolerate.js";
import type { Arguments, ToolContext } from "../tool.js";

/** How what an argument names is read. */
interface Reader {
  scope: Scope;
  /** Arguments that say where it is. */
  within?: readonly string[];
  read(okta: Operations, id: string, where: (argument: string) => string): Promise<Json | undefined>;
}

const OWN_READERS: Readonly<Record<string, Reader>> = {
  rule_id: {
    scope: "okta.policies.read",
    within: ["policy_id"],
    read: (okta, ruleId, where) => okta.policies.getPolicyRule({ policyId: where("policy_id"), ruleId }),
  },
  brand_id: {
    scope: "okta.brands.read",
    read: (okta, brandId) => okta.customization.getBrand({ brandId }),
  },
  theme_id: {
    scope: "okta.brands.read",
    within: ["brand_id"],
    read: (okta, themeId, where) => okta.customization.getBrandTheme({ brandId: where("brand_id"), themeId }),
  },
  domain_id: {
    scope: "okta.domains.read",
    read: (okta, domainId) => okta.customDomains.getCustomDomain({ domainId }),
  },
  email_domain_id: {
    scope: "okta.emailDomains.read",
    read: (okta, emailDomainId) => okta.emailDomains.getEmailDomain({ emailDomainId }),
  },
  template_name: {
    scope: "okta.templates.read",
    within: ["brand_id"],
    read: (okta, templateName, where) =>
      okta.customization.getEmailTemplate({ brandId: where("brand_id"), templateName }),
  },
  customization_id: {
    scope: "okta.templates.read",
    within: ["brand_id", "template_name"],
    read: (okta, customizationId, where) =>
      okta.customization.getEmailCustomization({
        brandId: where("brand_id"),
        templateName: where("template_name"),
        customizationId,
      }),
  },
};

/** By argument, so that what a tool of any area names is read alike. */
const READERS: Readonly<Record<string, Reader>> = {
  ...OWN_READERS,
  ...Object.fromEntries(Object.values(TARGET_TYPES).map((type): [string, Reader] => [type.argument, type])),
};

/** Okta has these ids, and this server no operation with a scope of its own that reads what they name. */
const WITHOUT_READER = ["realm_id"];

/** Objects of one call that are read before a preview. */
const MAX_READ = 30;

interface Named {
  argument: string;
  id: string;
  reader: Reader;
}

function namedBy(args: Arguments): Named[] {
  return Object.entries(READERS).flatMap(([argument, reader]) =>
    idsUnder(args, argument)
      .filter((id) => id !== "")
      .map((id) => ({ argument, id, reader })),
  );
}

/**
 * Reads whatever the arguments of a call name, so that a preview of what could only fail fails too.
 * @returns what could not be read, a sentence each
 * @throws OktaMcpError not_found where something is not there, cancelled
 */
export async function readNamed(args: Arguments, { okta, may }: ToolContext): Promise<string[]> {
  const named = namedBy(args);
  // What stands within another is read through it.
  const around = new Set(named.flatMap(({ reader }) => (may(reader.scope) ? (reader.within ?? []) : [])));
  const where = (argument: string) => String(args[argument]);
  const unread = (argument: string, why: string) => `Whether ${argument} is right was not checked: ${why}.`;
  const told = await Promise.all(
    named.slice(0, MAX_READ).map(async ({ argument, id, reader }): Promise<string[]> => {
      if (around.has(argument)) return [];
      if (!may(reader.scope)) return [unread(argument, `${reader.scope} is not granted`)];
      try {
        await reader.read(okta, id, where);
        return [];
      } catch (error) {
        return [unread(argument, `it cannot be read (${reasonOf(error, "not_found", "bad_input")})`)];
      }
    }),
  );
  const rest = named.length > MAX_READ ? [`Of the ids given, the first ${MAX_READ} were checked.`] : [];
  const none = WITHOUT_READER.filter((argument) => typeof args[argument] === "string");
  return [...new Set([...told.flat(), ...rest, ...none.map((name) => unread(name, "it cannot be read from here"))])];
}

/** What may be taken already. */
export interface Unique {
  /** E.g. "the group name". */
  what: string;
  /** The path of the attribute that has to be unique. */
  attribute: readonly string[];
  /** The scope that looking takes. */
  scope: Scope;
  /** Finds who has it; nothing where nobody does, or, where the look is not complete, perhaps nobody. */
  holder(): ReturnType<ToolContext["find"]>;
  /** What to do instead. */
  fix: string;
}

/**
 * Refuses what somebody else has already, in a preview.
 * @returns what could not be checked, a sentence each
 * @throws OktaMcpError conflict where it is taken, as the call itself would
 */
export async function refuseTaken(
  { may, hides }: Pick<ToolContext, "may" | "hides">,
  unique: Unique,
): Promise<string[]> {
  const { what, attribute, scope, holder, fix } = unique;
  const unchecked = (why: string) => [`Whether ${what} is taken was not checked: ${why}.`];
  if (!may(scope)) return unchecked(`${scope} is not granted`);
  // The answer would tell who guesses well.
  if (hides(...attribute)) return unchecked("the guard file hides it");
  let look: Awaited<ReturnType<typeof holder>>;
  try {
    look = await holder();
  } catch (error) {
    return unchecked(`it cannot be looked up (${reasonOf(error)})`);
  }
  const { found, complete } = look;
  if (found === undefined) return complete ? [] : unchecked("the list is too long to be read to its end");
  const id = isObject(found) && "id" in found ? { id: found.id } : {};
  throw new OktaMcpError("conflict", `Another object already has ${what}; Okta would refuse the call.`, {
    fix,
    data: { taken_by: id },
  });
}
