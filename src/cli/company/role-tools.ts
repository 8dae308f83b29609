import { areas, notes } from "../../../tools/index.js";
import { apiAreas } from "../../apis/api-areas.js";
import { toolsOn } from "../../catalogue/active-tools.js";
import { type Catalogue, createCatalogue, type ToolCard } from "../../catalogue/catalogue.js";
import type { Role } from "../../people/roles.js";
import type { CompanyApis } from "../../upstream/company-apis.js";

/** The tools of a role, those of the company's APIs among them. Everybody who has the role shares them. */
export interface RoleTools {
  catalogue: Catalogue;
  /** The tools that the role's patterns and scopes allow. */
  allowed: readonly ToolCard[];
}

/** Puts together the tools of roles, once for each role. */
export class RolesTools {
  readonly #apis: CompanyApis;
  readonly #made = new WeakMap<Role, RoleTools>();

  constructor(apis: CompanyApis) {
    this.#apis = apis;
  }

  of(role: Role): RoleTools {
    const known = this.#made.get(role);
    if (known !== undefined) return known;
    const own = this.#apis.of([role]).map(({ api }) => api);
    const catalogue = createCatalogue({ ...areas, ...apiAreas(own) }, role.choice, notes);
    const made = {
      catalogue,
      allowed: toolsOn(catalogue, { configured: new Set(role.scopes), granted: undefined }),
    };
    this.#made.set(role, made);
    return made;
  }
}
