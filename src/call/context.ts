import { scopeState, scopeView } from "../catalogue/active-tools.js";
import type { Catalogue } from "../catalogue/catalogue.js";
import { scopeStatus } from "../catalogue/scope-status.js";
import { OktaMcpError } from "../errors/index.js";
import { readAllowedFile } from "../files/allowed-file.js";
import { checkProfile } from "../foresight/profile-faults.js";
import { checkedList } from "../foresight/search-names.js";
import { marked } from "../journal/masking.js";
import type { ToolFor } from "../okta/purpose.js";
import type { CallOptions } from "../okta/request.js";
import { countItems } from "../results/counting.js";
import { difference } from "../results/difference.js";
import { collectItems, excerpt, findItem, listItems, type Walk, wholeItems } from "../results/listing.js";
import { type ShapeOptions, shape, shaper } from "../results/shape.js";
import type { Changes, ToolContext } from "../tool.js";
import type { Caller } from "./caller.js";
import type { Operator } from "./operator.js";

/** A look at every request before it leaves, and at every answer. */
export type Hooks = Pick<CallOptions, "beforeSend" | "onAnswer">;

export interface ContextOptions {
  operator: Operator;
  catalogue: Catalogue;
  /** Tells the tools that advice names. */
  toolFor: ToolFor;
  caller: Pick<Caller, "signal" | "progress">;
  /** The hooks of this call. Each sees every request and every answer, in their order. */
  hooks: readonly Hooks[];
  shaping: ShapeOptions;
  /** True where only the number of items is asked for. */
  countOnly: boolean;
  maxResultChars: number;
  /** The folders from which the tool may read; undefined for a tool that reads no files. */
  folders(): readonly string[] | undefined;
  /** Makes the journal as this call sees it. */
  changes(context: () => ToolContext): Changes;
  /** Epoch milliseconds. */
  now(): number;
}

/** The context of a tool's code for one call. */
export function toolContext(options: ContextOptions): ToolContext {
  const { operator, catalogue, toolFor, shaping, maxResultChars, countOnly, now } = options;
  const { session, guard, schemas, mask, files } = operator;
  const { signal, progress } = options.caller;
  const walk: Walk = {
    signal,
    onPage: (pages, items) => progress?.(`Read ${items} items in ${pages} ${pages === 1 ? "page" : "pages"}`),
  };
  const limits = { shape: shaper(shaping), maxChars: maxResultChars };
  const calling = {
    signal,
    toolFor,
    ...(progress ? { onWait: (message: string) => progress(message) } : {}),
    ...inTurn(options.hooks),
  };
  const context: ToolContext = {
    okta: operator.operations(calling),
    apis: operator.apis?.calls(calling),
    list: (fetchPage, listing) =>
      checkedList(listing, {
        schemas,
        reader: context,
        read: () => (countOnly ? countItems(fetchPage, listing, walk) : listItems(fetchPage, listing, limits, walk)),
      }),
    collect: (fetchPage, maxItems) => collectItems(fetchPage, maxItems, walk),
    whole: (fetchPage) => wholeItems(fetchPage, walk),
    find: (fetchPage, isIt) => findItem(fetchPage, isIt, walk),
    checkProfile: (kind, profile, how) => checkProfile(kind, profile, how, schemas, context),
    // `fields` chooses from the whole result, and the excerpt is a part of it.
    excerpt: (items, share) =>
      excerpt(items, {
        shape: (item) => shape(item, { ...shaping, fields: undefined }),
        maxChars: maxResultChars * share,
      }),
    toolFor,
    hasFields: shaping.fields !== undefined,
    may: (scope) => scopeState(scope, scopeView(session)) === "on",
    hides: (...path) => guard.isHidden(...path),
    difference: (before, after) => {
      const { value, show } = marked(before, mask);
      return difference(value, after, { show });
    },
    signedInAs: async () => (await operator.principal()).login,
    scopeStatus: async () => scopeStatus(catalogue, scopeView(session), (await session.status()).signedIn),
    readFile: async (path, { maxBytes }) => {
      const folders = options.folders();
      if (folders === undefined)
        throw new OktaMcpError("bug", "A tool that does not say that it reads files reads one.");
      return readAllowedFile(path, { roots: folders, maxBytes, deadline: files });
    },
    changes: options.changes(() => context),
    now,
  };
  return context;
}

function inTurn(hooks: readonly Hooks[]): Required<Hooks> {
  return {
    async beforeSend(request) {
      for (const { beforeSend } of hooks) await beforeSend?.(request);
    },
    onAnswer(answer, request) {
      for (const { onAnswer } of hooks) onAnswer?.(answer, request);
    },
  };
}
