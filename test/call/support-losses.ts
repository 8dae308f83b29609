import { DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { catalogue } from "../support/catalogue.js";
import { type ConnectOptions, connect } from "../support/client.js";

export type Args = { [key: string]: unknown };

export type Connected = Awaited<ReturnType<typeof connect>>;

/** A call that loses something. `arrange` prepares the org and returns the call's arguments. */
export interface Loss {
  tool: string;
  arrange(connected: Connected): Promise<Args> | Args;
  /** The pattern of the question's first line. */
  asks: RegExp;
  /** The loss as the question names it. */
  tells: string | RegExp;
}

export const brand_id = DEFAULT_BRAND_ID;

export const page = {
  page_content: "<p>{{{SignInWidgetResources}}}</p>",
  csp_mode: "enforced",
  csp_src_list: ["data:"],
};

/** Removals, and other tools that ask in the same way. The tests of the areas cover the rest. */
export const REMOVALS: readonly Loss[] = [
  {
    tool: "deactivate_user",
    arrange: ({ org }) => ({ user_id: org.addUser({ profile: { login: "eve@acme.example" } }).id }),
    asks: /^Deactivate user: user "eve@acme\.example" \(00u\w+\)$/,
    tells: "- last sign-in never",
  },
  {
    tool: "delete_group",
    arrange: ({ org }) => ({ group_id: org.addGroup({ profile: { name: "Lab" } }).id }),
    asks: /^Delete group: group "Lab" \(00g\w+\)$/,
    tells: "- 0 members",
  },
  {
    tool: "update_user",
    arrange: ({ org }) => ({
      user_id: org.addUser({ profile: { login: "eve@acme.example" } }).id,
      credentials: { password: { value: "Tr0ub4dor&3x" } },
    }),
    asks: /^Update user: user "eve@acme\.example" \(00u\w+\)$/,
    tells: "- new credentials: password",
  },
];

export async function first(connected: Connected, tool: string, args: Args = {}): Promise<{ id: string } & Args> {
  const { items } = (await connected.get(tool, args)) as { items: ({ id: string } & Args)[] };
  const [item] = items;
  if (!item) throw new Error(`${tool} found nothing`);
  return item;
}

/** Prepares a call in a client of its own; `make` makes it. */
export async function about({ tool, arrange }: Loss, options: ConnectOptions = {}) {
  const connected = await connect(options);
  const asksNobody = await connectQuietly(connected);
  const args = await arrange({ ...connected, ...asksNobody });
  const before = connected.writes().length;
  const replaces = catalogue.get(tool)?.replaces !== undefined;
  const make = (more: Args = {}) =>
    connected.call(tool, { ...args, ...(replaces && { allow_removals: true }), ...more });
  /** The writes since the org was prepared. */
  const written = () => connected.writes().slice(before);
  return { ...connected, args, make, written };
}

/** Another client of the same org for preparations; its questions are not counted. */
export async function connectQuietly(connected: Connected) {
  const { call, get } = await connected.newClient();
  connected.asked.length = 0;
  return { call, get };
}
