import type { ServeFile } from "./serve-fields.js";

/** Adds a mistake at a place of the file. */
type AddMistake = (path: (string | number)[], message: string) => void;

type Given = Pick<ServeFile, "okta" | "roles" | "sign_in" | "tokens" | "machines">;

/** Checks what several members of serve.json say together. */
export function checkTogether(
  given: Given,
  context: { addIssue(issue: { code: "custom"; path: (string | number)[]; message: string }): void },
): void {
  const add: AddMistake = (path, message) => context.addIssue({ code: "custom", path, message });
  checkWebApp(given, add);
  checkTokens(given, add);
  checkRoles(given, add);
  checkMachines(given, add);
}

function checkWebApp({ okta, sign_in }: Given, add: AddMistake): void {
  const { client_id, client_secret_file: secret, private_key_file: key } = okta;
  if (client_id === undefined) {
    if (sign_in === "proxy") add(["okta", "client_id"], "is missing: sign_in proxy needs the web app in Okta");
    if (secret !== undefined || key !== undefined) add(["okta", "client_id"], "is missing beside a secret or key");
    return;
  }
  if ((secret === undefined) === (key === undefined)) {
    add(["okta"], "needs exactly one of client_secret_file, private_key_file");
  }
}

function checkTokens({ sign_in, tokens }: Given, add: AddMistake): void {
  if (sign_in === "proxy") {
    if (tokens !== undefined) add(["tokens"], "is for sign_in native, introspect and bearer; proxy gives out its own");
    return;
  }
  if (tokens === undefined) {
    add(["tokens"], `is missing: sign_in ${sign_in} needs to know which tokens count`);
    return;
  }
  if (sign_in !== "bearer" && tokens.issuer === undefined) add(["tokens", "issuer"], "is missing");
  if (sign_in === "bearer" && tokens.accept_nonconformant !== true) {
    add(["tokens", "accept_nonconformant"], "has to be true for sign_in bearer, which departs from MCP's rules");
  }
  if (sign_in === "bearer" && tokens.cache_seconds > 0) {
    add(["tokens", "cache_seconds"], "has to be 0 for sign_in bearer");
  }
  if (sign_in === "native") return;
  const { client_id, client_secret_file: secret, private_key_file: key } = tokens;
  if (client_id === undefined) add(["tokens", "client_id"], `is missing: sign_in ${sign_in} introspects each token`);
  if (secret !== undefined && key !== undefined) {
    add(["tokens"], "needs one of client_secret_file, private_key_file, and not both");
  }
}

function checkRoles({ roles, sign_in, okta }: Given, add: AddMistake): void {
  const names = roles.map(({ name }) => name);
  for (const [index, { name, act_as, service }] of roles.entries()) {
    if (names.indexOf(name) < index) add(["roles", index, "name"], "is the name of an earlier role");
    if (act_as === "service" && service === undefined) {
      add(["roles", index, "service"], "is missing: a role that acts as service needs its service app");
    }
    if (act_as === "user" && service !== undefined) {
      add(["roles", index, "service"], "is there, but the role acts as user");
    }
    if (act_as === "service" && sign_in === "bearer") {
      add(["roles", index, "act_as"], "has to be user for sign_in bearer, which uses the caller's own token");
    }
    if (act_as === "user" && sign_in !== "bearer" && okta.client_id === undefined) {
      add(["roles", index, "act_as"], "needs the web app in Okta (okta.client_id), with which people grant access");
    }
  }
}

function checkMachines({ machines, roles, sign_in }: Given, add: AddMistake): void {
  const ids = machines.map(({ client_id }) => client_id);
  for (const [index, { client_id, role: name }] of machines.entries()) {
    const role = roles.find((one) => one.name === name);
    if (role === undefined) add(["machines", index, "role"], "is the name of no role");
    else if (role.act_as !== "service") add(["machines", index, "role"], "has to act as service: a machine is no user");
    if (ids.indexOf(client_id) < index) add(["machines", index, "client_id"], "is there twice");
  }
  if (machines.length > 0 && sign_in !== "native" && sign_in !== "introspect") {
    add(["machines"], "needs sign_in native or introspect");
  }
}
