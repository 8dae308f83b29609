import * as z from "zod";
import { count, file, text } from "../config/schema-parts.js";

const seconds = (description: string, fallback: number, max: number) =>
  z.int().min(1).max(max, `is more than ${max}`).default(fallback).describe(description);

/** Where everything durable is kept. */
export function storeSchema() {
  return z
    .strictObject({
      kind: z
        .enum(["sqlite", "postgresql"])
        .default("sqlite")
        .describe(
          "sqlite: a file in data_dir, for one server. postgresql: a database of PostgreSQL 14 or later, which any number of servers share.",
        ),
      host: text("The name or address of the database server, or the folder of its socket.", 253).optional(),
      port: z.int().min(1).max(65_535).optional().describe("Its port, 5432 by default."),
      database: text("The name of the database, which okta-mcp has for itself.", 63).optional(),
      user: text("The user, best the owner of the database.", 63).optional(),
      password_file: file("A file with the password. It is read for each new connection.").optional(),
      url_file: file(
        "A file with all of that as one URL, postgresql://user:password@host:5432/database, in place of these members.",
      ).optional(),
      tls: z
        .enum(["verify", "off"])
        .optional()
        .describe(
          "verify: TLS, and the certificate has to be right. off: plain text. By default verify, but for this machine, where it is off.",
        ),
      ca_file: file(
        "A PEM file with the authorities of the database's certificate, in place of those of Node.js.",
      ).optional(),
      cert_file: file("A PEM file with the certificate by which this server proves itself to the database.").optional(),
      key_file: file("Its key.").optional(),
      pool_size: count("The most connections of each server to the database; one more carries news.", 500).default(10),
      connect_seconds: seconds("The longest wait for a connection.", 5, 60),
      statement_seconds: seconds("The longest time of one statement.", 10, 300),
      migrate_at_start: z
        .boolean()
        .default(true)
        .describe(
          "A server brings the tables to its version when it starts. false: it refuses older tables, and okta-mcp serve migrate brings them up to date.",
        ),
      lock_seconds: seconds("The longest wait of a statement for rows that another one holds.", 5, 300),
    })
    .prefault({});
}
