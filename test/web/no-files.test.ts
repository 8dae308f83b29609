import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modernClient } from "../support/company-modern.js";
import { startCompanyWeb } from "../support/company-server.js";
import { ASKS } from "../support/stateless.js";

const OF_FILES = ["upload_brand_theme_logo", "upsert_custom_domain_certificate"];

test("no client has the server read a file of its machine, whatever roots it names", async () => {
  const { publicUrl, signIn, folder } = await startCompanyWeb({
    roles: [{ name: "brand", scopes: ["okta.brands.manage", "okta.domains.manage"] }],
  });
  const path = join(folder, "key.pem");
  writeFileSync(path, "a key of the server");
  const { access_token: token, call } = await signIn();

  const listed = (await call("tools/list")).text;
  expect(listed).toContain('"name":"get_brand"');
  for (const name of OF_FILES) expect(listed).not.toContain(`"name":"${name}"`);

  const modern = modernClient(publicUrl, token, { capabilities: { ...ASKS, roots: {} } });
  const args = { domain_id: "OcD1", certificate: "-----BEGIN CERTIFICATE-----", private_key_file_path: path };
  const name = "upsert_custom_domain_certificate";
  const round = await modern.ask("tools/call", { name, arguments: args }, name);
  expect(round.text).not.toContain("inputRequests");
  expect(round.text).toContain("reads no files for a caller");
});
