import { areas, notes } from "../../../tools/index.js";
import { toolsOn } from "../../catalogue/active-tools.js";
import { type Catalogue, createCatalogue, type ToolCard } from "../../catalogue/catalogue.js";
import type { Role } from "../../people/roles.js";

/** The tools of a role. Everybody who has the role shares them. */
export interface RoleTools {
  catalogue: Catalogue;
  /** The tools that the role's patterns and scopes allow. */
  allowed: readonly ToolCard[];
}

/** Puts together the tools of roles, once for each role. */
export class RolesTools {
  readonly #made = new WeakMap<Role, RoleTools>();

  of(role: Role): RoleTools {
    const known = this.#made.get(role);
    if (known !== undefined) return known;
    const catalogue = createCatalogue(areas, role.choice, notes);
    const made = {
      catalogue,
      allowed: toolsOn(catalogue, { configured: new Set(role.scopes), granted: undefined }),
    };
    this.#made.set(role, made);
    return made;
  }
}
