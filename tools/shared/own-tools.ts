/**
 * The tools that Okta's own MCP server lacks, each with the rank of its job among the jobs of admins: 1 is the job that
 * is done most. The one with the rarest job is the first to leave a list that has no more room, and of two with the
 * same job the one that stands later here. A tool that "stays" never leaves.
 */
export const OWN_TOOLS: Readonly<Record<string, number | "stays">> = {
  list_changes: 15,
  get_change: 15,
  undo_change: "stays",
};

/** The names of the tools that may leave a list, the first to leave first. */
export const LEAVING: readonly string[] = Object.entries(OWN_TOOLS)
  .flatMap(([name, rank]) => (rank === "stays" ? [] : [{ name, rank }]))
  .reverse()
  .sort((one, other) => other.rank - one.rank)
  .map(({ name }) => name);
