import { IssuerMismatchError } from "@modelcontextprotocol/client";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ADMIN_LOGIN } from "../../../sandbox/facts.js";
import { type CompanyWebOptions, startCompanyWeb } from "../../support/company-server.js";
import { listenForCode, personWithChromium } from "./persons.js";
import { plainPerson, readingAtFirst, type Seen } from "./plain-person.js";
import { type Answer, sdkV2 } from "./sdks.js";
import { testProgram } from "./test-program.js";

const READ = "mcp:read";
const BOTH = "mcp:read mcp:write";

interface SetUp extends CompanyWebOptions {
  answer?: Answer;
  metadata?: Record<string, unknown>;
  clientMetadataUrl?: string;
  redirectUri?: string;
  /** True for a person who allows to read alone at first. */
  readsAtFirst?: boolean;
}

async function setUp(asked: SetUp = {}) {
  const { answer, metadata, clientMetadataUrl, redirectUri: given, readsAtFirst, ...options } = asked;
  const web = await startCompanyWeb(options);
  const seen: Seen = { consents: 0 };
  const { sdk, asked: questions } = sdkV2(answer);
  const person = plainPerson(web, ADMIN_LOGIN, seen);
  const redirectUri = given ?? (await listenForCode());
  const own = { redirectUri, ...(metadata && { metadata }), ...(clientMetadataUrl && { clientMetadataUrl }) };
  const program = testProgram(sdk, web.publicUrl, readsAtFirst ? readingAtFirst(person) : person, own);
  return { ...web, seen, asked: questions, program };
}

describe("C2: a client of the SDK for 2026-07-28", () => {
  test("C2: registers, signs a person in, lists, calls, and renews after the token has ended", async () => {
    const { program, seen } = await setUp();
    await program.connect();
    expect(await program.list()).toEqual(expect.arrayContaining(["list_users", "delete_group"]));
    const { isError, text } = await program.call("list_users");
    expect(isError, text).toBe(false);
    expect(text).toContain(ADMIN_LOGIN);
    const before = program.provider.kept.tokens;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 11 * 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await program.call("list_users")).isError).toBe(false);
    expect(program.provider.kept.tokens?.access_token).not.toBe(before?.access_token);
    expect(program.provider.opened).toHaveLength(1);
    expect(seen.consents).toBe(1);
  });

  test("C2: signs in through the pages in Chromium", async (context) => {
    const { person } = await personWithChromium(context, "Ada Admin");
    const { publicUrl } = await startCompanyWeb();
    const program = testProgram(sdkV2().sdk, publicUrl, person, { redirectUri: await listenForCode() });
    await program.connect();
    expect((await program.call("list_users")).text).toContain(ADMIN_LOGIN);
  });

  test("C2: asks for more scopes where a call needs more than the token has, and the call goes through", async () => {
    const { program, company, seen } = await setUp({ readsAtFirst: true });
    await program.connect();
    const { opened, kept } = program.provider;
    expect(kept.tokens?.scope).toBe(READ);
    expect(seen.consents).toBe(1);
    const lab = company.org.addGroup({ profile: { name: "Lab" } });
    const added = await program.call("add_user_to_group", {
      group_id: lab.id,
      user_id: company.person().id,
    });
    expect(added.isError, added.text).toBe(false);
    expect(kept.tokens?.scope).toBe(BOTH);
    expect(opened).toHaveLength(2);
    expect(seen.consents).toBe(2);
    // From then on it may write, and reading needs nothing anew.
    expect((await program.call("list_users")).isError).toBe(false);
    expect(opened).toHaveLength(2);
  });

  test("C2: asks its person in rounds before a removal, and nobody has to open a page", async () => {
    const { program, asked, company } = await setUp({ answer: "yes" });
    const lab = company.org.addGroup({ profile: { name: "Lab" } });
    await program.connect();
    const done = await program.call("delete_group", { group_id: lab.id });
    expect(done.isError, done.text).toBe(false);
    expect(done.text).not.toContain("/approve/");
    expect(asked).toEqual([expect.stringContaining('Delete group: group "Lab"')]);
    expect(company.org.groups.get(lab.id)).toBeUndefined();
  });

  test("C2: removes nothing after a no", async () => {
    const { program, asked, company } = await setUp({ answer: "no" });
    const lab = company.org.addGroup({ profile: { name: "Lab" } });
    await program.connect();
    expect((await program.call("delete_group", { group_id: lab.id })).text).toMatch(/^declined/);
    expect(asked).toHaveLength(1);
    expect(company.org.groups.get(lab.id)).toBeDefined();
  });

  test("C2: is known by the document that describes it, and registers nowhere", async () => {
    const clientMetadataUrl = "https://program.example/client.json";
    const redirectUri = await listenForCode();
    const asked: string[] = [];
    const { program, store } = await setUp({
      clientMetadataUrl,
      redirectUri,
      async fetchDocument(url) {
        asked.push(url.href);
        return Response.json({
          client_id: clientMetadataUrl,
          client_name: "Described",
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: "none",
        });
      },
    });
    await program.connect();
    expect(program.provider.kept.client?.client_id).toBe(clientMetadataUrl);
    expect(asked[0]).toBe(clientMetadataUrl);
    expect((await program.call("list_users")).isError).toBe(false);
    expect(await store.clients.find(clientMetadataUrl)).toMatchObject({ kind: "cimd", name: "Described" });
  });

  test("C2: takes no code that another issuer sends back", async () => {
    const web = await startCompanyWeb();
    const person = plainPerson(web, ADMIN_LOGIN);
    const program = testProgram(
      sdkV2().sdk,
      web.publicUrl,
      async (address, redirectUri) => {
        const arrived = await person(address, redirectUri);
        expect(arrived.searchParams.get("iss")).toBe(web.publicUrl);
        arrived.searchParams.set("iss", "https://attacker.example");
        return arrived;
      },
      { redirectUri: await listenForCode() },
    );
    await expect(program.connect()).rejects.toThrow(IssuerMismatchError);
    expect(program.provider.kept.tokens).toBeUndefined();
  });
});
