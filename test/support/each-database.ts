import { test } from "vitest";
import { type CompanyWebOptions, startCompanyWeb } from "./company-server.js";
import { requirePostgres } from "./postgres.js";

/**
 * Defines a test of a company's server once for each database. With PostgreSQL every further instance has a store of its
 * own, as another machine would.
 */
export function testEachDatabase(title: string, body: (start: typeof startCompanyWeb) => Promise<void>): void {
  test(title, () => body(startCompanyWeb));
  test(`${title} (PostgreSQL)`, (context) => {
    requirePostgres(context);
    return body((options: CompanyWebOptions = {}) => startCompanyWeb({ database: "postgresql", ...options }));
  });
}
