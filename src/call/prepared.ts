import type { Catalogue, CatalogueEntry } from "../catalogue/catalogue.js";
import type { Consent } from "../journal/agreed.js";
import type { UndoMark } from "../journal/change.js";
import type { JsonObject } from "../json/json.js";
import type { ShapeOptions } from "../results/shape.js";
import type { Arguments, UndoStep } from "../tool.js";
import { isPreview, parseArguments, parseIds } from "./arguments.js";
import { clientArguments } from "./client-arguments.js";
import { agreedBefore, type ConsentPolicy, type Impacting, seekConsent } from "./consent.js";

/** A call as somebody asks for it. Clients and undos ask in different ways, and all calls take the same path. */
export interface RequestedCall {
  tool: CatalogueEntry;
  /** True where the call is only shown, and nothing is done. */
  preview: boolean;
  /** The change that it takes back, where it is a part of an undo. */
  undoes: UndoMark | undefined;
  /** Checks the arguments. @throws OktaMcpError bad_input, which names what is wrong with them */
  prepare(): PreparedCall;
}

/** A call with valid arguments. */
export interface PreparedCall {
  /** The tool's own arguments. */
  args: Arguments;
  /** For what is put back: the whole body, in place of the one that the arguments make. */
  body: JsonObject | undefined;
  /** The shape of its result. */
  shaping: Pick<ShapeOptions, "includeLinks" | "fields">;
  /** True where only the number of items is asked for. */
  countOnly: boolean;
  /** The one-time value that it came with. */
  confirmation: string | undefined;
  losses: Impacting["losses"];
  consent: ConsentPolicy;
  /** True where a preview finds out what Okta would refuse; what is put back was there. */
  foresees: boolean;
  /** Dotted paths at which it writes what is there already. */
  keeps: readonly string[];
}

/** The tool's own arguments, and those that the engine takes for every tool. */
function split(all: Arguments) {
  const { confirmation, allow_removals, include_links, fields, count_only, dry_run, ...own } = all;
  return { own, engine: { confirmation, allow_removals, include_links, fields, count_only, dry_run } };
}

/** A call as a client makes it. */
export function fromClient(catalogue: Catalogue, tool: CatalogueEntry, raw: unknown): RequestedCall {
  const understood = clientArguments(raw, catalogue.definition(tool.name).inputSchema);
  const preview = tool.effect !== "reads" && isPreview(understood);
  return {
    tool,
    preview,
    undoes: undefined,
    prepare() {
      const { own, engine } = split(parseArguments(tool, understood));
      const { confirmation, allow_removals, include_links, fields, count_only } = engine;
      const countOnly = count_only === true;
      // Items that are only counted are read by the largest pages that Okta gives.
      const limit = countOnly ? catalogue.schema(tool.name).properties.limit?.maximum : undefined;
      return {
        args: limit === undefined ? own : { limit, ...own },
        body: undefined,
        shaping: { includeLinks: include_links === true, fields: fields as string[] | undefined },
        countOnly,
        confirmation: confirmation as string | undefined,
        losses: preview || allow_removals === true ? "asked" : "refused",
        consent: seekConsent,
        foresees: true,
        keeps: [],
      };
    },
  };
}

/** The undo that a call is a part of. */
export interface UndoRun {
  mark: UndoMark;
  preview: boolean;
  /** How the undo as a whole was agreed to. */
  agreed: Consent["agreed"];
}

/** One call of an undo, as it is on record. */
export function fromUndo(tool: CatalogueEntry, step: UndoStep, { mark, preview, agreed }: UndoRun): RequestedCall {
  const { args, body, keeps = [] } = step;
  return {
    tool,
    preview,
    undoes: mark,
    prepare: () => ({
      args: split(body === undefined ? parseArguments(tool, args) : parseIds(tool, args)).own,
      body,
      shaping: { includeLinks: false, fields: undefined },
      countOnly: false,
      confirmation: undefined,
      losses: "meant",
      consent: agreedBefore(agreed),
      foresees: body === undefined,
      keeps,
    }),
  };
}
