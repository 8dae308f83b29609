import { DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { catalogue } from "../support/catalogue.js";
import { type ConnectOptions, connect } from "../support/client.js";

export type Args = { [key: string]: unknown };

export type Connected = Awaited<ReturnType<typeof connect>>;

/** A call that takes something away: how the org has to be for it, and its arguments. */
export interface Loss {
  tool: string;
  arrange(connected: Connected): Promise<Args> | Args;
  /** The first line of the question. */
  asks: RegExp;
  /** What gets lost, as the question has it. */
  tells: string | RegExp;
}

export const brand_id = DEFAULT_BRAND_ID;

export const page = {
  page_content: "<p>{{{SignInWidgetResources}}}</p>",
  csp_mode: "enforced",
  csp_src_list: ["data:"],
};

export async function first(connected: Connected, tool: string, args: Args = {}): Promise<{ id: string } & Args> {
  const { items } = (await connected.get(tool, args)) as { items: ({ id: string } & Args)[] };
  const [item] = items;
  if (!item) throw new Error(`${tool} found nothing`);
  return item;
}

/** A call about to be made, in a client of its own. */
export async function about({ tool, arrange }: Loss, options: ConnectOptions = {}) {
  const connected = await connect(options);
  const asksNobody = await connectQuietly(connected);
  const args = await arrange({ ...connected, ...asksNobody });
  const before = connected.writes().length;
  const replaces = catalogue.get(tool)?.replaces !== undefined;
  const make = (more: Args = {}) =>
    connected.call(tool, { ...args, ...(replaces && { allow_removals: true }), ...more });
  /** What was written since the org was arranged. */
  const written = () => connected.writes().slice(before);
  return { ...connected, args, make, written };
}

/** Another client of the same org, for arranging; what it is asked does not count. */
export async function connectQuietly(connected: Connected) {
  const { call, get } = await connected.newClient();
  connected.asked.length = 0;
  return { call, get };
}
