import { EVENT_TYPE_IDS } from "../../foresight/event-type-ids.js";
import { AREAS, eventPhrases } from "./event-phrases.js";
import { REFERENCE } from "./reference-uri.js";
import { code, page } from "./text-parts.js";

/** The most bytes of the list on one page, so that the page with its head has less than 8,000. */
const MAX_LIST_BYTES = 7_200;

interface EventType {
  id: string;
  /** Its line on a page. */
  line: string;
  bytes: number;
}

/** The event types of each area that has a page. */
type Areas = Map<string, EventType[]>;

function eventTypes(): EventType[] {
  const phrase = eventPhrases();
  const ids = EVENT_TYPE_IDS.trim()
    .split("\n")
    .flatMap((line) => {
      const [first = "", rest = ""] = line.split(": ");
      return rest.split(" ").map((part) => `${first}.${part}`);
    });
  return ids.map((id) => {
    const line = `${code(id)}: ${phrase(id)}`;
    return { id, line, bytes: Buffer.byteLength(`- ${line}\n`) };
  });
}

const bytesOf = (types: readonly EventType[]) => types.reduce((sum, { bytes }) => sum + bytes, 0);

const partsOf = (id: string, depth: number) => id.split(".").slice(0, depth).join(".");

function grouped(types: readonly EventType[], depth: number): Areas {
  const groups: Areas = new Map();
  for (const type of types) {
    const name = partsOf(type.id, depth);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [type]);
    else group.push(type);
  }
  return groups;
}

/** Event types under the first parts of their ids. What is too long for one page is put under one part more. */
function placed(types: readonly EventType[], depth: number): Areas {
  return new Map([...grouped(types, depth)].flatMap(([area, own]) => [...split(area, own, depth)]));
}

/** An area: its longest parts on pages of their own, until the rest fits on one. */
function split(area: string, types: readonly EventType[], depth: number): Areas {
  const inner = [...grouped(types, depth + 1)].filter(([name]) => name !== area);
  const apart = new Set<string>();
  let left = bytesOf(types);
  for (const [name, own] of inner.sort(([, one], [, other]) => bytesOf(other) - bytesOf(one))) {
    if (left <= MAX_LIST_BYTES) break;
    left -= bytesOf(own);
    apart.add(name);
  }
  const isApart = ({ id }: EventType) => apart.has(partsOf(id, depth + 1));
  const rest = types.filter((type) => !isApart(type));
  return new Map([[area, rest], ...placed(types.filter(isApart), depth + 1)]);
}

function areasOf(): Areas {
  return placed(eventTypes(), 1);
}

/** The areas that have a page, in alphabetical order. */
export function eventAreas(): string[] {
  return [...areasOf().keys()].sort();
}

/** The areas of event types. */
export function eventsPage(): string {
  const areas = areasOf();
  const names = [...areas.keys()].sort();
  return page(
    "Event types of the system log",
    `An event type is a text such as ${code("user.session.start")}: an area, what it is about, and what happened. Each area has a page.`,
    [
      'Ask for one type with `eventType eq "user.session.start"`, for all below a name with `eventType sw "user.session."`.',
      `How the log is searched: ${REFERENCE}/search/logs.`,
      "The list is Okta's as of when this version of okta-mcp was made; an org sees only those of what it uses.",
    ],
    "## Areas, with the number of types",
    names.map((name) => {
      const about = Object.hasOwn(AREAS, name) ? `: ${AREAS[name]}` : "";
      return `${REFERENCE}/events/${name} (${areas.get(name)?.length})${about}`;
    }),
  );
}

/** The event types of one area; undefined for a name that is none. */
export function eventAreaPage(area: string): string | undefined {
  const areas = areasOf();
  const types = areas.get(area);
  if (types === undefined) return undefined;
  const apart = [...areas.keys()].filter((other) => other.startsWith(`${area}.`)).sort();
  return page(
    `Event types: ${area}`,
    apart.length === 0 ? "" : `On pages of their own: ${apart.map((name) => `${REFERENCE}/events/${name}`).join(", ")}`,
    types.map(({ line }) => line),
    `All areas: ${REFERENCE}/events`,
  );
}
