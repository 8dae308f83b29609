import type { Caller } from "../call/caller.js";
import type { Outcome, Settled } from "../call/invoke.js";
import type { ToolCard, ToolDefinition } from "../catalogue/catalogue.js";
import { listing } from "../catalogue/listed-tools.js";
import { instructionsFor } from "../mcp/instructions.js";
import type { McpService } from "../mcp/service.js";
import type { ResourceService } from "../resources/resource-service.js";

/** The tools of one role, and the one path on which they are called. */
export interface RoleService {
  /** The role's name, for the journal and the log. */
  role: string;
  service: McpService;
  /** The tools that the role's patterns and scopes allow, whatever its session was granted. */
  allowed: readonly ToolCard[];
  /** True for a tool that the role has, even if its scopes do not allow it: the role's path says why. */
  knows(name: string): boolean;
  /** The tools that are on for the person at the moment. It is the same array as long as nothing has changed. */
  on(): readonly ToolCard[];
  /** The definitions of tools, in the order of the names. */
  definitions(names: readonly string[]): Promise<ToolDefinition[]>;
}

/** What a list shows at one moment. */
interface Shown {
  /** What the roles told at that moment. */
  of: readonly (readonly ToolCard[])[];
  cards: readonly ToolCard[];
  instructions: string;
  definitions: Promise<ToolDefinition[]> | undefined;
}

/**
 * The service of a person with several roles: every tool of any of them. A call runs under the first role, in the order
 * of the file, whose tools and scopes allow it. What was granted at Okta does not decide on the role, so that no call
 * goes over from one right to another because the first was lost.
 * @param roles at least one
 * @param resources what can be read by somebody with these roles
 */
export function serviceOf(roles: readonly [RoleService, ...RoleService[]], resources: ResourceService): McpService {
  const [first] = roles;
  const owners = new Map<string, RoleService>();
  for (const role of roles) {
    for (const { name } of role.allowed) if (!owners.has(name)) owners.set(name, role);
  }
  const ownerOf = (name: string) => owners.get(name) ?? roles.find((role) => role.knows(name)) ?? first;
  let shown: Shown | undefined;
  const show = (): Shown => {
    const of = roles.map((role) => role.on());
    if (shown !== undefined && of.every((cards, index) => cards === shown?.of[index])) return shown;
    const on = roles.flatMap((role, index) => (of[index] ?? []).filter(({ name }) => owners.get(name) === role));
    const cards = listing(on.sort((one, other) => (one.name < other.name ? -1 : 1))).listed;
    shown = { of, cards, instructions: instructionsFor(cards, "on_page"), definitions: undefined };
    return shown;
  };
  const define = async (cards: readonly ToolCard[]) => {
    const definitions = await Promise.all(cards.map(({ name }) => ownerOf(name).definitions([name])));
    return definitions.flat();
  };
  const invoke = (name: string, raw: unknown, caller: Caller): Promise<Outcome> =>
    ownerOf(name).service.invoke(name, raw, caller);
  return {
    identity: first.service.identity,
    resources,
    get instructions() {
      return show().instructions;
    },
    tools() {
      const now = show();
      now.definitions ??= define(now.cards);
      return now.definitions;
    },
    invoke: invoke as McpService["invoke"],
    answer: (outcome: Settled) => first.service.answer(outcome),
    onToolsChanged(listener) {
      const stops = roles.map(({ service }) => service.onToolsChanged(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    begun: () => first.service.begun(),
    prepare: () => first.service.prepare(),
    close() {
      for (const { service } of roles) service.close();
    },
  };
}
