import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eachDatabase, eachLibrary, openTestStore, personWith, sqlIn } from "./stores.js";

const MINUTE = 60_000;

/** Secrets that are given to the store, each by its name, so that one that is found is known. */
const secret = (name: string) => `${name}-secret-0123456789abcdef`;

/** Gives every part of the store its secrets. */
async function fill({ store, nowMs }: Awaited<ReturnType<typeof openTestStore>>, subject = "00u1") {
  const { id: person } = await store.people.signedIn(personWith({ subject }));
  const of = (name: string) => secret(`${name}-${subject}`);
  const tokens = { access: of("access"), refresh: of("refresh"), dpopKey: of("dpop"), accessEndsAtMs: 1, scopes: [] };
  await store.upstream.put(person, "org", tokens);
  await store.oidc.upsert("AuthorizationCode", of("code"), { grantId: "g1", codeChallenge: of("challenge") }, 60);
  const session = { jti: of("oidc-session"), uid: of("uid"), accountId: person };
  await store.oidc.upsert("Session", of("oidc-session"), session, 60);
  await store.oidc.upsert("RefreshToken", of("oidc-refresh"), { jti: of("oidc-refresh"), accountId: person }, 60);
  await store.oidc.upsert("RefreshToken", of("oidc-next"), { jti: of("oidc-next") }, 60, of("oidc-refresh"));
  await store.oidc.consume("RefreshToken", of("oidc-next"));
  await store.oidc.upsert("DeviceCode", of("device"), { userCode: of("user-code") }, 60);
  const client = { id: `client-${subject}`, kind: "dcr", name: "C", endsAtMs: undefined } as const;
  await store.clients.put({ ...client, metadata: { client_secret: of("client") } });
  const begun = { state: of("state"), browser: of("browser"), kind: "okta" };
  await store.transactions.begin({
    ...begun,
    data: { verifier: of("verifier"), nonce: of("nonce") },
    endsAtMs: nowMs() + MINUTE,
  });
  const ends = { signedInAtMs: nowMs(), idleEndsAtMs: nowMs() + MINUTE, endsAtMs: nowMs() + MINUTE };
  const web = { person, kind: "pages", acr: undefined, ipPrefix: undefined, agent: undefined, ...ends };
  await store.sessions.start(of("cookie"), { ...web, data: { idToken: of("id-token") } });
  const call = { person, client: "c1", tool: "create_user", digest: "d1", endsAtMs: nowMs() + MINUTE };
  await store.approvals.open({ ...call, shown: { arguments: { password: of("shown") } } });
  await store.once.claim("jti", of("jti"), nowMs() + MINUTE);
  await store.seals.claim(of("nonce-of-a-seal"), nowMs() + MINUTE);
  return person;
}

eachLibrary("the files of a database", (library) => {
  test("hold no secret in clear, before and after they are written together (M14)", async () => {
    const opened = await openTestStore({ database: library });
    await fill(opened);
    const { store, dir } = opened;
    const signing = (await store.signing.keySet()).map(({ d }) => d ?? expect.unreachable());
    const look = () => {
      for (const name of readdirSync(dir)) {
        const bytes = readFileSync(join(dir, name));
        for (const d of signing) expect(bytes.includes(d), name).toBe(false);
        for (const encoding of ["latin1", "utf16le"] as const)
          expect(bytes.toString(encoding), name).not.toContain("-secret-");
        for (const line of bytes.toString("latin1").match(/[\w+/=-]{16,}/g) ?? []) {
          expect(Buffer.from(line, "base64").toString("latin1"), name).not.toContain("-secret-");
        }
      }
    };
    expect(readdirSync(dir)).toContain("store.sqlite-wal");
    look();
    await store.close();
    const waiting = statSync(join(dir, "store.sqlite-wal"), { throwIfNoEntry: false });
    expect(waiting?.size ?? 0, "the file alone is a whole copy").toBe(0);
    look();
    expect(readFileSync(join(dir, "store.sqlite"), "latin1")).toContain("client-00u1");
  });
});

eachDatabase("the rows of a database", (database) => {
  test("are of no use with rows that somebody has swapped", async () => {
    const opened = await openTestStore({ database });
    const { store, dir } = opened;
    const [ada, eve] = [await fill(opened), await fill(opened, "00u6")];
    await store.close();
    const run = (text: string) => sqlIn(dir, database, text);
    const [columns, row] =
      database === "postgresql"
        ? [
            "select table_name as t, column_name as c from information_schema.columns where column_name like '%\\_sealed'",
            "ctid",
          ]
        : [
            "select m.name as t, c.name as c from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table' and c.name like '%_sealed'",
            "rowid",
          ];
    const sealed = (await run(columns)) as { t: string; c: string }[];
    expect(sealed.length).toBeGreaterThanOrEqual(7);
    for (const { t, c } of sealed) {
      // Each row gets the value of another row of its table and column.
      await run(
        `with kept as materialized (select ${row} as r, ${c} as v, row_number() over (order by ${row}) as n from ${t} where ${c} is not null) update ${t} set ${c} = (select k2.v from kept k1 join kept k2 on k2.n = 1 + k1.n % (select count(*) from kept) where k1.r = ${t}.${row}) where ${c} is not null`,
      );
    }
    const { store: swapped, warnings } = await openTestStore({ database, dir });
    for (const person of [ada, eve]) {
      expect(await swapped.upstream.find(person, "org")).toBeUndefined();
      expect(await swapped.approvals.openOf(person)).toEqual([]);
    }
    const of = (name: string) => secret(`${name}-00u1`);
    expect(await swapped.oidc.find("Session", of("oidc-session"))).toBeUndefined();
    expect(await swapped.oidc.findByUid("Session", of("uid"))).toBeUndefined();
    expect(await swapped.oidc.find("RefreshToken", of("oidc-refresh"))).toBeUndefined();
    expect(await swapped.clients.find("client-00u1")).toBeUndefined();
    expect(await swapped.sessions.use(of("cookie"), MINUTE)).toBeUndefined();
    const begun = { state: of("state"), browser: of("browser"), kind: "okta" };
    expect(await swapped.transactions.take(begun)).toEqual({ why: "unknown" });
    expect(warnings.length).toBeGreaterThan(7);
    for (const warning of warnings) expect(warning).toMatch(/^a value of the database cannot be read .*"another_row"/);
    expect(warnings.join()).not.toContain("-secret-");
  });

  test("are of no use to a person whose id somebody has put on another's row", async () => {
    const opened = await openTestStore({ database });
    const { store, dir } = opened;
    const [ada, eve] = [await fill(opened), await fill(opened, "00u6")];
    await store.close();
    const run = (text: string) => sqlIn(dir, database, text);
    await run(`delete from upstream_grants where person = '${eve}'`);
    await run(`update upstream_grants set person = '${eve}', id = '${eve}/org' where person = '${ada}'`);
    await run(`update web_sessions set person = '${eve}'`);
    await run(`update oidc set person = '${eve}' where person = '${ada}'`);
    const { store: changed } = await openTestStore({ database, dir });
    expect(await changed.upstream.find(eve, "org")).toBeUndefined();
    expect(await changed.sessions.use(secret("cookie-00u1"), MINUTE)).toBeUndefined();
    expect(await changed.oidc.find("RefreshToken", secret("oidc-refresh-00u1"))).toBeUndefined();
  });
});
