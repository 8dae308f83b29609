import type { ToolCard } from "../catalogue/catalogue.js";
import { OktaMcpError } from "../errors/index.js";
import type { Log } from "../log.js";
import { REFERENCE } from "./reference/reference-uri.js";
import type { ResourceCard, ResourceSource, ResourceTemplateCard } from "./resource-source.js";

/** What one caller may read beside tools. */
export interface ResourceService extends Pick<ResourceSource, "read"> {
  /** The resources, in an order that stays. */
  list(): Promise<readonly ResourceCard[]>;
  templates(): Promise<readonly ResourceTemplateCard[]>;
  /**
   * The values of a template's variable that begin with a text, in their order; none where they are not known.
   * @param template as it is listed
   */
  complete(template: string, variable: string, beginning: string): Promise<readonly string[]>;
}

export interface ResourceServiceOptions {
  /** The texts of the settings for the caller, as of now. */
  files(): ResourceSource | undefined;
  /** The tools of the caller, for the parts of the reference that speak of tools. */
  tools(): readonly ToolCard[];
  log: Pick<Log, "warn">;
}

/** True for a URI of our own reference, whether or not there is a text of it. */
export function isOfReference(uri: string): boolean {
  return uri.startsWith(REFERENCE);
}

/** Whoever wrote the settings finds out why in the log; its words name files of this machine. */
function unreadable(cause: unknown): OktaMcpError {
  return new OktaMcpError("bad_config", "The text is there, and it cannot be read at the moment.", {
    fix: "Tell whoever runs this server; its log has the reason.",
    cause,
  });
}

/** The texts of the settings for one caller, and our own reference, which is loaded when somebody first looks at it. */
export function resourceService({ files, tools, log }: ResourceServiceOptions): ResourceService {
  const cards = () => import("./reference/own-cards.js");
  const reference = () => import("./reference/reference.js");
  return {
    list: async () => [...(files()?.list() ?? []), ...(await cards()).OWN_RESOURCES],
    templates: async () => [...(files()?.templates() ?? []), ...(await cards()).OWN_TEMPLATES],
    async read(uri) {
      try {
        if (isOfReference(uri)) return (await reference()).referenceText(uri, tools());
        return await files()?.read(uri);
      } catch (error) {
        log.warn("a resource cannot be read", { error });
        throw unreadable(error);
      }
    },
    async complete(template, variable, beginning) {
      const isOurs = (await cards()).OWN_TEMPLATES.some(({ uriTemplate }) => uriTemplate === template);
      if (!isOurs) return [];
      const values = (await reference()).referenceValues(template, variable);
      return values.filter((value) => value.toLowerCase().startsWith(beginning.toLowerCase()));
    },
  };
}
