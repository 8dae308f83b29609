import { expect, test } from "vitest";
import { serveFileSchema } from "../../src/people/serve-schema.js";
import { MACHINE_MODES, SIGN_IN_MATRIX } from "../../src/people/sign-in-matrix.js";
import { SIGN_IN_MODES } from "../../src/people/token-schema.js";

/** Every combination that issue and study allow; all others are refused. */
const ALLOWED: ReadonlySet<string> = new Set([
  "proxy user web-app",
  "proxy service web-app",
  "native user web-app",
  "native service web-app",
  "native service no-web-app",
  "introspect user web-app",
  "introspect service web-app",
  "introspect service no-web-app",
  "bearer user web-app",
  "bearer user no-web-app",
]);

const MODES = SIGN_IN_MODES.flatMap((signIn) =>
  (["user", "service"] as const).flatMap((actAs) =>
    ([true, false] as const).flatMap((webApp) =>
      ([true, false] as const).map((machine) => ({ signIn, actAs, webApp, machine })),
    ),
  ),
);

test.each(MODES)(
  "sign_in $signIn x act_as $actAs, web app: $webApp, machine: $machine",
  ({ signIn, actAs, webApp, machine }) => {
    const parsed = serveFileSchema().safeParse({
      public_url: "https://mcp.acme.example",
      data_dir: "data",
      okta: { org_url: "https://acme.okta.com", ...(webApp && { client_id: "0oa1", client_secret_file: "secret" }) },
      sign_in: signIn,
      ...(signIn !== "proxy" && {
        tokens: {
          clients: ["0oa2"],
          ...(signIn === "bearer"
            ? { accept_nonconformant: true }
            : { issuer: "https://acme.okta.com/oauth2/aus1abcd" }),
          ...(signIn !== "native" && { client_id: "0oa3", client_secret_file: "secret" }),
        },
        directory: { client_id: "0oa4", private_key_file: "key.pem" },
      }),
      ...(machine && { machines: [{ client_id: "0oa5", role: "helpdesk" }] }),
      roles: [
        {
          name: "helpdesk",
          groups: ["00g1234567890"],
          scopes: ["okta.users.read"],
          act_as: actAs,
          ...(actAs === "service" && { service: { client_id: "0oa6", private_key_file: "key.pem" } }),
        },
      ],
    });
    const isAllowed =
      ALLOWED.has(`${signIn} ${actAs} ${webApp ? "web-app" : "no-web-app"}`) &&
      (!machine || (actAs === "service" && MACHINE_MODES.has(signIn)));
    expect(parsed.success, JSON.stringify(parsed.error?.issues)).toBe(isAllowed);
    if (!parsed.success) for (const { path } of parsed.error.issues) expect(path.length).toBeGreaterThan(0);
  },
);

test("the table names each combination, and the one that is refused says why", () => {
  expect(Object.keys(SIGN_IN_MATRIX)).toEqual([...SIGN_IN_MODES]);
  for (const rights of Object.values(SIGN_IN_MATRIX)) expect(Object.keys(rights)).toEqual(["user", "service"]);
  expect(SIGN_IN_MATRIX.bearer.service).toEqual({ refused: expect.stringContaining("caller's own token") });
});

test.each([
  [{ sign_in: "native", issuer: "https://acme.okta.com" }, "tokens,issuer"],
  [{ sign_in: "introspect", issuer: "https://acme.okta.com/" }, "tokens,issuer"],
  [{ sign_in: "bearer", issuer: "https://acme.okta.com/oauth2/aus1abcd", accept_nonconformant: true }, "tokens,issuer"],
  [
    { sign_in: "bearer", issuer: "https://acme.okta.com", accept_nonconformant: true, directory: undefined },
    "directory",
  ],
  [{ sign_in: "native", issuer: "https://acme.okta.com/oauth2/default", directory: undefined }, "directory"],
])("tokens that could serve nobody are a mistake: %j", ({ sign_in, ...rest }, place) => {
  const { issuer, accept_nonconformant } = rest as Record<string, unknown>;
  const parsed = serveFileSchema().safeParse({
    public_url: "https://mcp.acme.example",
    data_dir: "data",
    okta: { org_url: "https://acme.okta.com", client_id: "0oa1", client_secret_file: "secret" },
    sign_in,
    tokens: {
      issuer,
      clients: ["0oa2"],
      ...(sign_in !== "native" && { client_id: "0oa3" }),
      ...(accept_nonconformant === true && { accept_nonconformant }),
    },
    ...("directory" in rest ? {} : { directory: { client_id: "0oa4", private_key_file: "key.pem" } }),
    roles: [{ name: "helpdesk", groups: ["00g1234567890"], scopes: ["okta.users.read"] }],
  });
  expect(parsed.error?.issues.map(({ path }) => path.join())).toEqual([place]);
});
