import { toolsOn } from "../catalogue/active-tools.js";
import { unmatchedPatterns } from "../catalogue/choice.js";
import { actsItself } from "../catalogue/tool-sorts.js";
import type { Role } from "../people/roles.js";
import type { CheckContext } from "./check-context.js";
import { about, type Finding } from "./finding.js";

/** The names of the tools for the org that are on for whoever has a role, with every scope of it granted. */
export function toolsOf({ catalogueOf }: Pick<CheckContext, "catalogueOf">, role: Role): string[] {
  const on = toolsOn(catalogueOf(role), { configured: new Set(role.scopes), granted: undefined });
  return on.filter(actsItself).map(({ name }) => name);
}

const inTools = (count: number) => `${count} ${count === 1 ? "tool" : "tools"}`;

/** Checks each role: its tools, patterns and limits, and what of it an earlier role takes over. */
export function checkRoles(context: CheckContext): Finding[] {
  const { roles } = context;
  const tools = new Map(roles.map((role) => [role, toolsOf(context, role)]));
  const findings = roles.flatMap((role, index) => {
    const { ok, wrong } = about(`role ${role.name}`);
    const own = tools.get(role) ?? [];
    const catalogue = context.catalogueOf(role);
    const all = [...catalogue.entries, ...catalogue.leftOut.map(({ tool }) => tool)];
    const unmatched = unmatchedPatterns(role.choice, all);
    if (unmatched.length > 0) return [wrong(`${unmatched.join(". ")}.`, "Correct the pattern.")];
    if (own.length === 0) {
      return [
        wrong(
          `No tool is on: its tools need other scopes than ${role.scopes.join(", ") || "none"}, no API names it, or a pattern leaves all of them out.`,
          "Compare tools, exclude_tools, read_only and scopes. `okta-mcp scopes` lists the scope of each tool.",
        ),
      ];
    }
    const guard = role.guard.file === undefined ? "" : ` Guard file: ${role.guard.file}.`;
    const earlier = roles.slice(0, index).flatMap((other) => {
      const both = own.filter((name) => tools.get(other)?.includes(name));
      return both.length === 0 ? [] : [`${inTools(both.length)} under ${other.name}`];
    });
    const wins = earlier.length === 0 ? "" : ` Who has an earlier role too runs ${earlier.join(", ")}.`;
    return [ok(`${inTools(own.length)}, acts as ${role.actAs}.${guard}${wins}`)];
  });
  return [...findings, ...checkMachines(context)];
}

function checkMachines({ content, roles }: CheckContext): Finding[] {
  const ofPeople = new Set(content.tokens?.clients);
  return content.machines.map(({ client_id, role: name }) => {
    const { ok, wrong, note } = about(`machine ${client_id}`);
    const role = roles.find((one) => one.name === name);
    if (role?.actAs === "service" && ofPeople.has(client_id)) {
      return note(
        `It has the role ${name}, and stands in tokens.clients too: tokens that people have through it count for them.`,
        "Take it out of tokens.clients, where no person signs in with it. A machine need not stand there.",
      );
    }
    return role?.actAs === "service"
      ? ok(`It has the role ${name}. Whatever would ask a person is refused.`)
      : wrong(`Its role ${name} does not act as service.`, "Give it a role that does.");
  });
}
