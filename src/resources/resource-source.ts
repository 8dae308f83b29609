/** A resource as a client lists it (MCP, `Resource`). */
export interface ResourceCard {
  uri: string;
  name: string;
  title?: string;
  description?: string;
  mimeType?: string;
}

/** A template as a client lists it (MCP, `ResourceTemplate`). */
export interface ResourceTemplateCard extends Omit<ResourceCard, "uri"> {
  /** RFC 6570, level 1. */
  uriTemplate: string;
}

/** The content of a resource (MCP, `TextResourceContents`). */
export interface ResourceText {
  uri: string;
  mimeType: string;
  text: string;
}

/** Texts that somebody may read. */
export interface ResourceSource {
  /** The resources, in an order that stays. */
  list(): readonly ResourceCard[];
  templates(): readonly ResourceTemplateCard[];
  /**
   * @returns undefined where there is none of this URI for the caller, whatever the reason
   * @throws an error for a text that is there and cannot be read now
   */
  read(uri: string): Promise<ResourceText | undefined>;
}
