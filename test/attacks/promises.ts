/** The promises as the first column of the table in SECURITY.md names them. */
export const INJECTION = "Prompt injection through org data";
export const TALKED_INTO = "A model that has been talked into something";
export const WRONG_TARGET = "The wrong target";
export const TOO_MUCH = "Too much at once";
export const PERSONAL_DATA = "Personal data that the model has no need for";
export const FORGED_CONSENT = "A forged consent";
export const SCOPES = "Over-broad scopes";
export const STOLEN_TOKEN = "A stolen token";
export const WRONG_PLACE = "A token sent to the wrong place";
export const LOOKALIKE = "A lookalike org";
export const SECRETS = "Secrets in logs, errors and results";
export const CHANGES = "A change nobody can explain or take back";
export const JOURNAL = "The journal as a leak";
export const SETTINGS = "Settings from somewhere unexpected";
export const CODE = "Code from somewhere unexpected";
export const PACKAGE = "A package of the same name";
