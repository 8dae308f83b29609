import { invalid, notFound, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import type { Route, SandboxRequest } from "../route.js";
import { brandArea } from "../state/brand-store.js";
import { type EmailDomain, emailDomainArea } from "../state/email-domain-store.js";
import type { JsonObject } from "../state/model.js";
import { shownBrand } from "./brand-view.js";
import { bodyOf, doerOf, hostIn, textIn, wordsOf } from "./shared.js";

/** The part of an address before the @ (RFC 5321, section 4.1.2), without quotes. */
const USER_NAME = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;

const SUBDOMAIN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

export function emailDomainRoutes(org: Org): Route[] {
  const store = org.area(emailDomainArea);
  const brands = org.area(brandArea);
  brands.links.emailDomain = (id) => store.get(id);
  const read = "okta.emailDomains.read";
  const manage = "okta.emailDomains.manage";
  const all = "/api/v1/email-domains";
  const one = `${all}/{emailDomainId}`;
  return [
    {
      method: "GET",
      template: all,
      scope: read,
      handle: (request) => ({ status: 200, json: store.all().map((domain) => shown(org, domain, request)) }),
    },
    {
      method: "POST",
      template: all,
      scope: manage,
      handle(request) {
        const body = bodyOf(request);
        const brandId = textIn(body, "brandId");
        if (brands.get(brandId) === undefined) throw notFound(brandId, "Brand");
        const domain = hostIn(body, "domain");
        if (store.all().some((other) => other.domain.toLowerCase() === domain.toLowerCase())) {
          throw refusal(409, "E0000197", "Email domain already exists.");
        }
        const validationSubdomain = subdomainIn(body);
        const given = { brandId, domain, ...senderIn(body), ...(validationSubdomain && { validationSubdomain }) };
        return { status: 200, json: shown(org, store.add(given, doerOf(org, request)), request) };
      },
    },
    {
      method: "GET",
      template: one,
      scope: read,
      handle: (request) => ({ status: 200, json: shown(org, emailDomainOf(org, request), request) }),
    },
    {
      method: "PUT",
      template: one,
      scope: manage,
      handle(request) {
        const domain = emailDomainOf(org, request);
        store.change(domain, senderIn(bodyOf(request)), doerOf(org, request));
        return { status: 200, json: shown(org, domain, request) };
      },
    },
    {
      method: "DELETE",
      template: one,
      scope: manage,
      handle(request) {
        store.remove(emailDomainOf(org, request), doerOf(org, request));
        return { status: 204 };
      },
    },
    {
      method: "POST",
      template: `${one}/verify`,
      scope: manage,
      handle(request) {
        const domain = emailDomainOf(org, request);
        if (domain.validationStatus === "VERIFIED" || domain.validationStatus === "DELETED") {
          throw refusal(400, "E0000217", "Invalid status. Can't validate email domain with current status.");
        }
        store.verify(domain, doerOf(org, request));
        if (domain.validationStatus === "ERROR") {
          throw refusal(400, "E0000218", "Email domain couldn't be verified by mail provider.");
        }
        return { status: 200, json: shown(org, domain, request) };
      },
    },
  ];
}

/** The email domain that a path names. @throws OktaRefusal 404, in Okta's words */
function emailDomainOf(org: Org, request: SandboxRequest): EmailDomain {
  const id = request.params.emailDomainId ?? "";
  const found = org.area(emailDomainArea).get(id);
  if (found === undefined) throw notFound(id, "EmailDomain");
  return found;
}

/** An email domain as Okta shows it, with the brands that send from it where `expand` asks for them. */
function shown(org: Org, domain: EmailDomain, request: SandboxRequest): JsonObject {
  const expand = wordsOf(request, "expand");
  if (expand.some((word) => word !== "brands")) throw invalid("expand", "expand: The value must be brands.");
  if (expand.length === 0) return { ...domain };
  const brands = org.area(brandArea).all();
  const senders = brands.filter((brand) => brand.emailDomainId === domain.id);
  return { ...domain, _embedded: { brands: senders.map((brand) => shownBrand(org, brand)) } };
}

function senderIn(body: JsonObject): { displayName: string; userName: string } {
  const userName = textIn(body, "userName");
  if (!USER_NAME.test(userName)) throw invalid("userName", "userName: The value must be the first part of an address.");
  return { displayName: textIn(body, "displayName"), userName };
}

function subdomainIn(body: JsonObject): string | undefined {
  if (body.validationSubdomain === undefined || body.validationSubdomain === null) return undefined;
  const subdomain = textIn(body, "validationSubdomain");
  if (!SUBDOMAIN.test(subdomain))
    throw invalid("validationSubdomain", "validationSubdomain: The value must be a label.");
  return subdomain;
}
