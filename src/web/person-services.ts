import type { Caller } from "../call/caller.js";
import type { Outcome, Settled } from "../call/invoke.js";
import type { ToolCard, ToolDefinition } from "../catalogue/catalogue.js";
import { instructionsFor } from "../mcp/instructions.js";
import type { McpService } from "../mcp/service.js";

/** The tools of one role, and the one path on which they are called. */
export interface RoleService {
  /** The role's name, for the journal and the log. */
  role: string;
  service: McpService;
  /** The tools that are on for the person at the moment through this role. */
  cards(): readonly ToolCard[];
}

/**
 * The service of a person with several roles: every tool of any of them. A call runs under the first role, in the order
 * of the file, whose tools and scopes allow it.
 * @param roles at least one
 */
export function serviceOf(roles: readonly [RoleService, ...RoleService[]]): McpService {
  const [first] = roles;
  const cards = () => {
    const byName = new Map<string, ToolCard>();
    for (const role of roles) for (const card of role.cards()) if (!byName.has(card.name)) byName.set(card.name, card);
    return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  };
  const roleFor = (name: string) => roles.find((role) => role.cards().some((card) => card.name === name)) ?? first;
  const invoke = (name: string, raw: unknown, caller: Caller): Promise<Outcome> =>
    roleFor(name).service.invoke(name, raw, caller);
  return {
    identity: first.service.identity,
    instructions: instructionsFor(cards()),
    async tools() {
      const byName = new Map<string, ToolDefinition>();
      for (const { service } of roles) {
        for (const definition of await service.tools()) {
          if (!byName.has(definition.name)) byName.set(definition.name, definition);
        }
      }
      return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
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
