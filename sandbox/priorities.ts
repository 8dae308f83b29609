/** The parts of a policy or a rule that decide its place in the order. */
export interface Ranked {
  id: string;
  priority: number;
  /** True for Okta's own object. It always comes last. */
  system: boolean;
}

/**
 * The two ways in which Okta keeps priorities (Okta's guide "Policy and rule prioritization"). `dense` counts from 1
 * without gaps and closes up after a deletion. `gapped` counts from 0 and keeps the given numbers; its system rule has
 * 99.
 */
export type Order = "dense" | "gapped";

const LAST = 99;

/** The `items` from the first to the last. */
export function inOrder<T extends Ranked>(items: Iterable<T>): T[] {
  return [...items].sort((a, b) => Number(a.system) - Number(b.system) || a.priority - b.priority);
}

/** Closes the gaps of a dense order; a gapped one stays as it is. */
export function closeUp(order: Order, items: Iterable<Ranked>): void {
  if (order === "gapped") return;
  for (const [index, item] of inOrder(items).entries()) item.priority = index + 1;
}

/**
 * Gives `item`, one of the items, the priority `wanted`; items in the way move down. Without a number it comes last,
 * before Okta's own. A system item keeps its place.
 */
export function place(order: Order, items: Iterable<Ranked>, item: Ranked, wanted: number | undefined): void {
  const all = inOrder(items);
  if (item.system) {
    if (order === "gapped") item.priority = LAST;
    closeUp(order, all);
    return;
  }
  const others = all.filter((other) => other !== item && !other.system);
  closeUp(order, others);
  const first = order === "dense" ? 1 : 0;
  const last = others.at(-1)?.priority ?? first - 1;
  item.priority = wanted === undefined ? last + 1 : Math.max(first, Math.min(wanted, LAST - 1));
  let taken = item.priority;
  for (const other of others) {
    if (other.priority < taken) continue;
    if (other.priority > taken) break;
    taken += 1;
    other.priority = taken;
  }
  closeUp(order, all);
}
