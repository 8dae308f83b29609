import { toolsOn } from "../../src/catalogue/active-tools.js";
import type { Catalogue, CatalogueEntry } from "../../src/catalogue/catalogue.js";
import { SCOPES, type Scope } from "../../src/okta/scopes.js";
import { code, page, table } from "./markdown.js";

/** A job of an admin, the scopes that it needs, and the smallest of Okta's standard admin roles that covers it. */
interface Job {
  job: string;
  scopes: readonly Scope[];
  role: string;
}

/** The roles are those of Okta's page "Standard administrator roles and permissions". */
const JOBS: readonly Job[] = [
  {
    job: "Look things up",
    scopes: ["okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read"],
    role: "Read-only Administrator",
  },
  {
    job: "Change profiles (this includes deactivating and deleting users)",
    scopes: ["okta.users.manage", "okta.groups.read", "okta.logs.read"],
    role: "Organization Administrator; Group Administrator for the users of some groups, without the system log",
  },
  {
    job: "People who join and leave",
    scopes: ["okta.users.manage", "okta.groups.manage", "okta.apps.read", "okta.logs.read"],
    role: "Organization Administrator",
  },
  {
    job: "Applications",
    scopes: ["okta.apps.manage", "okta.groups.read"],
    role: "Application Administrator",
  },
  {
    job: "Policies (the read scopes only make the questions more exact)",
    scopes: ["okta.policies.manage", "okta.groups.read", "okta.users.read", "okta.apps.read"],
    role: "depends on the kind of policy; Super Administrator covers all",
  },
  {
    job: "Brands, pages, emails and domains",
    scopes: ["okta.brands.manage", "okta.templates.manage", "okta.domains.manage", "okta.emailDomains.manage"],
    role: "Organization Administrator",
  },
];

/** Each job of an admin with its scopes, the number of tools that they switch on, and the admin role. */
function jobsTable(catalogue: Catalogue): string {
  const rows = JOBS.map(({ job, scopes, role }) => {
    const on = toolsOn(catalogue, { configured: new Set(scopes), granted: undefined });
    return [job, code(scopes.join(" ")), `${on.length} (${kilobytes(catalogue, on)} kB)`, role];
  });
  return table(["job", "`OKTA_SCOPES`", "tools on", "smallest standard admin role"], rows);
}

/** The size of the tools' definitions, in kB. A model reads all of them in each session. */
export function kilobytes(catalogue: Catalogue, tools: readonly CatalogueEntry[]): number {
  const definitions = tools.map(({ name }) => catalogue.definition(name));
  return Math.round(Buffer.byteLength(JSON.stringify(definitions)) / 1000);
}

const names = (tools: readonly CatalogueEntry[]) => tools.map(({ name }) => code(name)).join(", ");

/** The page about scopes. It tells the tools that need a scope from those that only use it. */
export function scopesPage(catalogue: Catalogue): string {
  const { entries } = catalogue;
  const rows = Object.entries(SCOPES).map(([scope, words]) => [
    code(scope),
    words,
    names(entries.filter((tool) => tool.scope === scope)),
    names(entries.filter((tool) => tool.alsoUses?.some((other) => other === scope))),
  ]);
  return page(
    "Scopes",
    "A tool is on when `OKTA_SCOPES` holds the one scope that it **needs**. A scope that a tool **also uses** only makes its questions and answers more exact: without it the tool works, and says what it could not read. `okta.x.manage` covers `okta.x.read`.",
    "So choose scopes by the third column, or by [the job](#scopes-for-a-job). `okta-mcp tools`, run with the same settings, shows what comes of them.",
    table(["scope", "in plain words", "needed by", "also used by"], rows),
    "## Scopes for a job",
    "The third column has the number of tools that are on then, and the size of their definitions. What each admin role may do is in Okta's table [Standard administrator roles and permissions](https://help.okta.com/en-us/content/topics/security/administrators-admin-comparison.htm).",
    jobsTable(catalogue),
  );
}
