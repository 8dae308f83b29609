import * as z from "zod";
import { count } from "../config/schema-parts.js";

/** What one server takes at once, of one address and of one person. */
export function limitsSchema() {
  return z
    .strictObject({
      calls_at_once: count("Calls of one person at once.", 1_000).default(8),
      calls_at_once_in_all: count("Calls at once in all.", 100_000).default(256),
      headers_seconds: count("Seconds in which the headers of a request have to have come.", 300).default(10),
      request_seconds: count(
        "Seconds in which a request with its body has to have come, and its sender has to take something of the answer.",
        3_600,
      ).default(60),
      body_bytes: count("The largest body of a request to /mcp.", 16_777_216).default(1_048_576),
      oauth_per_address: count("Requests of one address to /oauth, and as many to pages, within any minute.").default(
        600,
      ),
      unknown_tokens_per_address: count(
        "Tokens of one address within any minute that this server has not seen yet and has Okta introspect.",
      ).default(300),
      registrations_per_address: count("Clients that register from one address within 24 hours.").default(100),
      registrations_in_all: count("Clients that register within 24 hours.").default(2_000),
    })
    .prefault({});
}
