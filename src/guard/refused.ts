import { OktaMcpError } from "../errors/index.js";

/** The refusal of a write whose target is protected. @param rule by which it is */
export function refused(
  rule: string,
  message: string,
  more: { fix?: string; data?: Record<string, unknown> } = {},
): OktaMcpError {
  return new OktaMcpError("protected", `Nothing was changed. ${message}`, {
    fix: "Choose another, or tell the person that this one is protected.",
    atTerminal: { fix: "Choose another, or change the guard file, if it is yours to change." },
    ...(more.fix === undefined ? {} : { fix: more.fix, atTerminal: {} }),
    data: { rule, ...more.data },
  });
}
