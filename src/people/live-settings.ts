import type { ResourceFiles } from "../resources/resource-files.js";
import type { LoadedServe } from "./load-serve.js";
import type { Role } from "./roles.js";
import { withNewSecret } from "./serve-apps.js";
import type { ServeFile } from "./serve-fields.js";
import { serveFileSchema } from "./serve-schema.js";

/** The members of serve.json that take effect while the server runs. A change of any other needs a restart. */
const LIVE = [
  "$schema",
  "roles",
  "resources",
  "admins",
  "clients",
  "allowed_origins",
  "retention",
  "drain_delay_seconds",
  "log",
] as const;
/** The same of members whose other parts need a restart. */
const LIVE_PARTS = {
  limits: ["calls_at_once", "calls_at_once_in_all", "body_bytes"],
  sign_on: ["auto_create", "trusted_domains", "second_factor"],
} as const satisfies { [Member in keyof ServeFile]?: readonly (keyof ServeFile[Member])[] };

/** What came of a new file. */
export type Reloaded =
  | { kept: readonly string[] }
  | {
      /** The members whose change took effect. */
      changed: readonly string[];
      /** The members whose change needs a restart. */
      needRestart: readonly string[];
      notices: readonly string[];
    };

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The members of two objects that differ. */
function differences(one: object, other: object): string[] {
  const values = (object: object) => new Map(Object.entries(object));
  const [before, after] = [values(one), values(other)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.filter((name) => !same(before.get(name), after.get(name)));
}

const isPartlyLive = (name: string): name is keyof typeof LIVE_PARTS => Object.hasOwn(LIVE_PARTS, name);

/** The members that may change in part, as they are after that. */
function liveParts(before: ServeFile, next: ServeFile): Partial<ServeFile> {
  const take = <Member extends keyof typeof LIVE_PARTS>(member: Member) => {
    const parts: readonly string[] = LIVE_PARTS[member];
    const changed = Object.entries(next[member]).filter(([part]) => parts.includes(part));
    return [member, { ...before[member], ...Object.fromEntries(changed) }] as const;
  };
  return Object.fromEntries([take("limits"), take("sign_on")]);
}

/** The settings of a running server. Whoever uses one asks for it each time, so that a change takes effect at once. */
export class LiveSettings {
  #loaded: LoadedServe;

  constructor(loaded: LoadedServe) {
    this.#loaded = loaded;
  }

  get content(): ServeFile {
    return this.#loaded.content;
  }

  get roles(): readonly Role[] {
    return this.#loaded.roles;
  }

  get resources(): ResourceFiles {
    return this.#loaded.resources;
  }

  /**
   * Takes what a new file says, as far as it can change while the server runs. A file with a mistake changes nothing.
   */
  take(next: LoadedServe | { problems: readonly string[] }): Reloaded {
    if ("problems" in next) return { kept: next.problems };
    const before = this.#loaded;
    const live = Object.fromEntries(LIVE.map((name) => [name, next.content[name]]));
    const content = { ...before.content, ...live, ...liveParts(before.content, next.content) } as ServeFile;
    // What stays as it is may not go together with what is new.
    const together = serveFileSchema().safeParse(content);
    if (!together.success) {
      const why = together.error.issues.map(({ path, message }) => `${path.join(".")} ${message}.`);
      return { kept: ["What is new does not go together with what needs a restart first.", ...why] };
    }
    const changed = differences(before.content, content);
    const needRestart = differences(content, next.content).flatMap((name) =>
      isPartlyLive(name) ? differences(content[name], next.content[name]).map((part) => `${name}.${part}`) : [name],
    );
    const newSecrets = withNewSecret(before.apps, next.apps).filter((name) => !needRestart.includes(name));
    this.#loaded = { ...next, content, apps: before.apps };
    return {
      changed,
      needRestart: [
        ...needRestart,
        ...newSecrets.map((name) => `${name} (the content of its file with the secret or key)`),
      ],
      notices: next.notices,
    };
  }
}
