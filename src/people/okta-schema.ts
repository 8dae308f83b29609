import * as z from "zod";
import { file, origin, text } from "../config/schema-parts.js";

/** The org, and the web app in it through which people sign in. */
export function oktaSchema() {
  return z.strictObject({
    org_url: origin("The org, e.g. https://acme.okta.com."),
    issuer: origin(
      "The custom authorization server of the org with which people sign in, as https://acme.okta.com/oauth2/aus1abcd. By default it is the org itself.",
    ).optional(),
    client_id: text("The client id of the web app in Okta. Only proxy needs one in any case.", 200).optional(),
    client_secret_file: file("A file with its client secret.").optional(),
    private_key_file: file("A file with its private key, PEM or JWK. Better than a secret.").optional(),
    key_id: text("The id of the key, where the file does not tell it.", 200).optional(),
  });
}
