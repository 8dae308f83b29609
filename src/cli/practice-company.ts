import type { Org } from "../../sandbox/org.js";
import type { PracticeApi } from "../../sandbox/practice-api/practice-api.js";
import { type PracticeFiles, writePracticeFiles } from "./practice-files.js";

/** The ports of a practice API: its own, and that to which sign-ins to it come back where it is not the usual one. */
export interface PracticePorts {
  api: number;
  redirect?: number | undefined;
}

/** A practice API beside a pretend org, and the files with which okta-mcp uses it. */
export interface PracticeCompany {
  api: PracticeApi;
  files: PracticeFiles;
  /** The path of the settings for a person's own server. */
  settings: string;
  close(): Promise<void>;
}

/**
 * Starts the practice API of an org that has the apps for it, and writes what okta-mcp needs to use it.
 * @param trusted authorization servers whose tokens count besides that of the example
 * @throws Error of `node:net` when the port is taken
 */
export async function startPracticeCompany(
  org: Org,
  ports: PracticePorts,
  trusted: readonly { issuer: string; audience: string }[] = [],
): Promise<PracticeCompany> {
  const [{ exampleIssuer, startPracticeApi }, { EXAMPLE_FILES, exampleTexts, personalExample, writtenJson }] =
    await Promise.all([
      import("../../sandbox/practice-api/practice-api.js"),
      import("../../sandbox/practice-api/example-settings.js"),
    ]);
  const own = exampleIssuer(org);
  const api = await startPracticeApi(org, { port: ports.api, trusted: [own, ...trusted] });
  const settings = writtenJson(personalExample({ orgUrl: org.origin, apiUrl: api.origin }, ports.redirect));
  const files = writePracticeFiles({
    ...exampleTexts(own.issuer),
    [EXAMPLE_FILES.settings]: `${settings}\n`,
  });
  return {
    api,
    files,
    settings: files.path(EXAMPLE_FILES.settings),
    async close() {
      files.remove();
      await api.close();
    },
  };
}
