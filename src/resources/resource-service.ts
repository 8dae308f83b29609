/** A resource as a client lists it (MCP, `Resource`). */
export interface ResourceCard {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
  /** In bytes, where it is known. */
  size?: number;
}

/** A template as a client lists it (MCP, `ResourceTemplate`). */
export interface ResourceTemplateCard extends Omit<ResourceCard, "uri" | "size"> {
  /** RFC 6570, level 1. */
  uriTemplate: string;
}

/** The content of a resource (MCP, `TextResourceContents`). */
export interface ResourceText {
  uri: string;
  mimeType: string;
  text: string;
}

/** What one caller may read beside tools. */
export interface ResourceService {
  /** The resources, in an order that stays. */
  list(): readonly ResourceCard[];
  templates(): readonly ResourceTemplateCard[];
  /** @returns undefined where there is none of this URI for the caller, whatever the reason */
  read(uri: string): Promise<ResourceText | undefined>;
}
