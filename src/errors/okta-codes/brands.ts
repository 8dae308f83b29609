import { AS_NAMED, FREE_A_PLACE, LATER, NOTHING_TO_DO, READ_IT, type Rows } from "./row.js";

const OTHER_SERVER = "Check the server's address, port and account.";
const A_BRAND_OF_ONES_OWN =
  "Make a brand of the org's own, give it a domain where one is needed, and put the page or file there.";

/** Codes about brands, pages, mails and domains, and other codes that share a number with them. */
export const BRAND_CODES = {
  E0000120: [
    400,
    "conflict",
    "Another org has this domain.",
    "Choose another domain, or take it from the other org first.",
  ],
  E0000149: [406, "bad_input", "Okta cannot answer in the form that was asked for.", AS_NAMED],
  E0000161: [403, "conflict", "The domain is there already.", "Use the one that is there ({finder})."],
  E0000162: [403, "conflict", "The org has as many domains as it may.", FREE_A_PLACE],
  E0000163: [404, "not_found", "There is no such domain.", "Find the right id with {finder}."],
  E0000165: [
    403,
    "conflict",
    "The domain has not been verified yet.",
    "Set the DNS records that Okta names for it, give DNS time to spread them, verify the domain, then repeat this.",
  ],
  E0000166: [
    403,
    "conflict",
    "The org has a CAPTCHA already, and may have one.",
    "Change that one, or delete it first.",
  ],
  E0000168: [
    403,
    "conflict",
    "The org's settings use the CAPTCHA.",
    "Take it out of the org-wide CAPTCHA settings first.",
  ],
  E0000181: [503, "okta_down", "Okta is not ready to check the domain.", LATER],
  E0000182: [
    409,
    "conflict",
    "The template has a default customization already.",
    "Change that one, or let the new one not be the default.",
  ],
  E0000183: [409, "conflict", "The template has a customization in this language already.", "Change that one."],
  E0000184: [
    409,
    "conflict",
    "The default customization cannot be deleted alone.",
    "Make another the default first, or delete all of the template.",
  ],
  E0000185: [
    409,
    "conflict",
    "A template with customizations has to have a default.",
    "Make another the default instead.",
  ],
  E0000188: [409, "conflict", "Somebody else has changed the domain.", READ_IT],
  E0000189: [422, "bad_input", "The template cannot be sent to these recipients.", "Choose other recipients."],
  E0000197: [409, "conflict", "The email domain is there already.", "Use the one that is there ({finder})."],
  E0000198: [404, "not_found", "There is no such email domain.", "Find the right id with {finder}."],
  E0000200: [409, "conflict", "Okta's default brand cannot be deleted.", "Choose another brand."],
  E0000201: [
    409,
    "conflict",
    "The brand has a domain or an email domain.",
    "Give those to another brand, or delete them first.",
  ],
  E0000202: [409, "conflict", "There is a brand of this name.", "Choose another name."],
  E0000203: [409, "conflict", "The domain could not be given to the brand.", READ_IT],
  E0000213: [403, "protected", "The pages of Okta's default brand cannot be changed.", A_BRAND_OF_ONES_OWN],
  // Okta's list lacks this code; it comes from the example of `deleteEmailDomain`.
  E0000216: [400, "conflict", "The mail provider still needs the email domain.", READ_IT],
  E0000217: [
    400,
    "conflict",
    "The email domain's status does not allow it.",
    "Look at it ({finder}); a verified one needs nothing more.",
  ],
  E0000218: [
    400,
    "conflict",
    "The mail provider does not see the DNS records of the domain.",
    "Set the DNS records that the email domain names ({finder}), give DNS some time to spread them, and verify it again.",
  ],
  E0000220: [403, "conflict", "The org has as many brands as it may.", FREE_A_PLACE],
  E0000222: [400, "conflict", "Another mail server is switched on.", "Switch that one off first."],
  E0000223: [400, "bad_input", "Okta cannot reach the mail server.", OTHER_SERVER],
  E0000224: [400, "bad_input", "The mail server does not take the account.", OTHER_SERVER],
  E0000225: [400, "conflict", "The org has as many mail servers as it may.", FREE_A_PLACE],
  E0000228: [403, "forbidden", "Text messages cannot be customized in this org.", NOTHING_TO_DO],
  E0000236: [400, "bad_input", "This is no language tag (BCP 47).", "Write the language as in de or pt-BR."],
  E0000237: [400, "bad_input", "Okta sends no mails in this language.", "Choose a language that Okta supports."],
  E0000244: [
    409,
    "conflict",
    "The template has more than one default customization.",
    "Delete all of its customizations and make them anew.",
  ],
  E0000254: [409, "conflict", "Somebody else is changing the settings of this template.", LATER],
  E0000257: [405, "protected", "The files of Okta's default brand cannot be changed.", A_BRAND_OF_ONES_OWN],
  E0000266: [400, "bad_input", "The mail server's token could not be had.", OTHER_SERVER],
} satisfies Rows;
