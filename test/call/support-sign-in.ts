import { type ConnectOptions, connect } from "../support/client.js";

/** Connects a client to a server where nobody is signed in. */
export const nobody = (options: ConnectOptions = {}) =>
  connect({ signIn: "device", scopes: ["okta.users.read"], ...options });

/** Returns the number of requests to the org's authorization server under a path. */
export const oauthRequests = ({ sandbox }: Pick<Awaited<ReturnType<typeof connect>>, "sandbox">, path: string) =>
  sandbox.requests.filter((request) => request.path.startsWith(path)).length;
