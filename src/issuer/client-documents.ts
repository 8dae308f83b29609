import type { Log } from "../log.js";
import { NotFetched, type PublicFetch } from "../net/public-fetch.js";
import type { ClientDirectory } from "./client-directory.js";

/** The largest document of a client. */
export const MAX_DOCUMENT_BYTES = 32_768;

/** The time that a client's document has to come. */
export const DOCUMENT_TIMEOUT_MS = 5_000;

export interface DocumentFetchOptions {
  clients: ClientDirectory;
  fetchDocument: PublicFetch;
  log: Pick<Log, "warn">;
}

/**
 * The `fetch` of the authorization server: it reads the documents of clients and nothing else. Where the host of a
 * document does not answer, a client that was used before goes on with the document that it had.
 * @throws NotFetched
 */
export function documentFetch({ clients, fetchDocument, log }: DocumentFetchOptions) {
  return async (input: string | URL | Request): Promise<Response> => {
    const id = input instanceof Request ? input.url : String(input);
    try {
      return await fetchDocument(new URL(id));
    } catch (error) {
      log.warn("the document of a client was not read", { client: id, error });
      const last = error instanceof NotFetched && error.isPassing ? await clients.lastDocument(id) : undefined;
      if (last === undefined) throw error;
      return Response.json(last);
    }
  };
}
