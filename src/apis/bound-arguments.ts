import { OktaMcpError } from "../errors/index.js";
import type { Json } from "../json/json.js";
import type { ApiArgument } from "../openapi/api-arguments.js";

/** An argument that is known of the caller, and the claims that tell it, the first one that is there. */
export interface BoundArgument {
  argument: ApiArgument;
  claims: readonly string[];
}

/** Tells the arguments that `bind` takes from callers, by the name of the argument or that of its parameter. */
export function boundArguments(
  list: readonly ApiArgument[],
  bind: Readonly<Record<string, readonly string[]>>,
): BoundArgument[] {
  return list.flatMap((argument) => {
    const name = [argument.name, argument.parameter].find((one) => Object.hasOwn(bind, one));
    const claims = name === undefined || argument.place === "body" ? undefined : bind[name];
    return claims === undefined ? [] : [{ argument, claims: claims.map((claim) => claim.replace(/^claim:/, "")) }];
  });
}

/**
 * The values of bound arguments.
 * @param claims of a token that was checked
 * @throws OktaMcpError forbidden where none of an argument's claims is there
 */
export function boundValues(
  bound: readonly BoundArgument[],
  claims: Readonly<Record<string, Json>>,
  api: string,
): Record<string, Json> {
  return Object.fromEntries(
    bound.map(({ argument, claims: names }): [string, Json] => {
      const found = names.map((name) => (Object.hasOwn(claims, name) ? claims[name] : undefined)).find(isPlain);
      if (found !== undefined) return [argument.name, inFormOf(argument, found)];
      throw new OktaMcpError(
        "forbidden",
        `${argument.name} of the API ${api} is bound to the caller, and the caller's token has no claim ${names.join(" or ")}. Nothing was sent.`,
        {
          fix: `Whoever runs this adds the claim at the authorization server (in Okta: Security > API > the server > Claims), or names another one in apis.${api}.bind.`,
          data: { api, claims: [...names] },
          maybeDone: false,
        },
      );
    }),
  );
}

function isPlain(value: Json | undefined): value is string | number | boolean {
  return (typeof value === "string" && value !== "") || typeof value === "number" || typeof value === "boolean";
}

/** Claims often are text where an API has numbers, and the other way round. */
function inFormOf({ schema }: ApiArgument, value: string | number | boolean): Json {
  if (
    typeof value === "string" &&
    (schema.type === "integer" || schema.type === "number") &&
    /^-?\d{1,15}$/.test(value)
  ) {
    return Number(value);
  }
  return typeof value !== "string" && schema.type === "string" ? String(value) : value;
}
