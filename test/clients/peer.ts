/** A client of the protocol that is made by others, connected to the built server. */
export interface Peer {
  /** The era of the protocol that client and server agreed upon. */
  era: "legacy" | "modern";
  /** Returns the names of the tools. */
  list(): Promise<string[]>;
  /** Returns the addresses of the texts, then the templates of addresses. */
  texts(): Promise<string[]>;
  /** Returns the text at an address. Rejects where there is none. */
  read(uri: string): Promise<string>;
  /** Calls a tool. Resolves after the person has answered, if the server asks. */
  call(name: string, args?: object): Promise<Told>;
  /** The questions that the client was told to show, in order. */
  asked: readonly string[];
}

/** What a client is told about a call: the text that a model reads. */
export interface Told {
  isError: boolean;
  text: string;
}

/** The answer of the person to each question. Null stands for a client that cannot ask anybody. */
export type Says = "yes" | "no" | null;

/** Connects a client to a server with this environment. The client and the server end when the test is over. */
export type Connect = (env: Record<string, string>, says: Says) => Promise<Peer>;

/** Returns what is listed of texts. */
export function addressesIn(resources: object, templates: object): string[] {
  const listed = resources as { resources: { uri: string }[] };
  const { resourceTemplates } = templates as { resourceTemplates: { uriTemplate: string }[] };
  return [...listed.resources.map(({ uri }) => uri), ...resourceTemplates.map(({ uriTemplate }) => uriTemplate)];
}

/** Returns the one text that was read. */
export function textIn(result: object): string {
  const { contents } = result as { contents: [{ text: string }] };
  return contents[0].text;
}

/** Returns what a client is told by a result in the form of the protocol. */
export function told(result: object): Told {
  const { isError, content } = result as { isError?: boolean; content: [{ text: string }] };
  return { isError: isError === true, text: content[0].text };
}
