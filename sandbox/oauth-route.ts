import { OAuthRefusal } from "./oauth-reply.js";
import type { Route, SandboxReply, SandboxRequest } from "./route.js";

/** A route of an OAuth endpoint: its refusals become its answers, and no parameter may come twice. */
export function endpoint(
  method: Route["method"],
  template: string,
  handle: (request: SandboxRequest) => SandboxReply | Promise<SandboxReply>,
): Route {
  return {
    method,
    template,
    async handle(request) {
      try {
        const twice = duplicate(request.form);
        if (twice !== undefined) {
          throw new OAuthRefusal("invalid_request", `The \`${twice}\` parameter is given more than once.`);
        }
        return await handle(request);
      } catch (error) {
        if (error instanceof OAuthRefusal) return error.reply();
        throw error;
      }
    },
  };
}

/** The two templates of an endpoint: at the org's own authorization server, and at a custom one. */
export function atEvery(name: string): [org: string, custom: string] {
  return [`/oauth2/v1/${name}`, `/oauth2/{authorizationServerId}/v1/${name}`];
}

/** A parameter that is there more than once; undefined where each is there once. */
export function duplicate(parameters: URLSearchParams): string | undefined {
  return [...parameters.keys()].find((name, index, names) => names.indexOf(name) !== index);
}

/** @throws OAuthRefusal invalid_request where the parameter is missing */
export function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (!value) throw new OAuthRefusal("invalid_request", `The \`${name}\` parameter is required.`);
  return value;
}
