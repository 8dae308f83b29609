/** Levenshtein distance: how many letters to insert, delete or replace to turn `a` into `b`. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [row, letter] of [...a].entries()) {
    const current = [row + 1];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (letter === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The parts of a name in alphabetical order. It shows that `users_list` means `list_users`. */
function parts(name: string): string {
  const words = name.split(/[^a-z0-9]+/);
  return words.sort().join(" ");
}

/**
 * The name that was probably meant, in brackets, to stand behind the name that was written. Empty where none is near.
 */
export function hint(meant: string | undefined): string {
  return meant === undefined ? "" : ` (did you mean ${meant}?)`;
}

/**
 * The candidate that a person most likely meant by `word`. It is spelled nearly alike, or has the same parts in another
 * order. Undefined when no candidate is near.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase().slice(0, 100);
  let best: string | undefined;
  let bestSteps = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const steps = parts(known) === parts(wanted) ? 0 : distance(wanted, known);
    if (steps >= bestSteps) continue;
    best = candidate;
    bestSteps = steps;
  }
  return best;
}
