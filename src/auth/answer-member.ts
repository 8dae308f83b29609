/**
 * Takes one member out of a JSON answer.
 * @returns the answer without it, its value, and the original answer
 */
export async function takeOut(
  response: Response,
  member: string,
): Promise<{ rest: Response; taken: unknown; whole: Response }> {
  const text = await response.text();
  const { status, headers } = response;
  const again = (body: string) => new Response(body || null, { status, headers });
  try {
    const { [member]: taken, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return { rest: again(JSON.stringify(rest)), taken, whole: again(text) };
  } catch {
    // A body that is no JSON is reported by its reader.
    return { rest: again(text), taken: undefined, whole: again(text) };
  }
}
