/** An image, recognised by its content and not by its name. */
export interface Image {
  format: ImageFormat;
  contentType: string;
  /** The size in pixels; for an icon that of its largest image. Undefined where the file does not tell. */
  size: { width: number; height: number } | undefined;
}

export type ImageFormat = "PNG" | "JPG" | "GIF" | "ICO";

const CONTENT_TYPES: Record<ImageFormat, string> = {
  PNG: "image/png",
  JPG: "image/jpeg",
  GIF: "image/gif",
  ICO: "image/x-icon",
};

/**
 * The endings of file names for each format. Okta looks at the name too, and refuses an image whose name has no ending.
 */
const ENDINGS: Record<ImageFormat, { usual: string; fits: RegExp }> = {
  PNG: { usual: ".png", fits: /.\.png$/i },
  JPG: { usual: ".jpg", fits: /.\.jpe?g$/i },
  GIF: { usual: ".gif", fits: /.\.gif$/i },
  ICO: { usual: ".ico", fits: /.\.ico$/i },
};

/** True where a file's name has an ending of this format. */
export function isNamedAs(format: ImageFormat, name: string): boolean {
  return ENDINGS[format].fits.test(name);
}

/** A file's name with the ending of its format. The ending is added where the name has none that fits. */
export function imageFileName(name: string, format: ImageFormat): string {
  return isNamedAs(format, name) ? name : `${name}${ENDINGS[format].usual}`;
}

/** Recognises an image by its first bytes. Undefined where it has none of these formats. */
export function recogniseImage(data: Uint8Array): Image | undefined {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const format = formatOf(bytes);
  if (format === undefined) return undefined;
  return { format, contentType: CONTENT_TYPES[format], size: SIZES[format](bytes) };
}

function formatOf(bytes: Buffer): ImageFormat | undefined {
  const head = bytes.subarray(0, 8).toString("latin1");
  if (head === "\x89PNG\r\n\x1a\n") return "PNG";
  if (head.startsWith("\xff\xd8\xff")) return "JPG";
  if (/^GIF8[79]a/.test(head)) return "GIF";
  // The first bytes of an icon are common, so it also has to name a plausible number of images.
  if (head.startsWith("\0\0\x01\0") && bytes.length >= 6 + ICON_ENTRY_BYTES && bytes.readUInt16LE(4) > 0) {
    return bytes.length >= 6 + ICON_ENTRY_BYTES * bytes.readUInt16LE(4) ? "ICO" : undefined;
  }
  return undefined;
}

const ICON_ENTRY_BYTES = 16;

const SIZES: Record<ImageFormat, (bytes: Buffer) => Image["size"]> = {
  PNG: (bytes) => (bytes.length < 24 ? undefined : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }),
  GIF: (bytes) => (bytes.length < 10 ? undefined : { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }),
  ICO(bytes) {
    const entries = Array.from({ length: bytes.readUInt16LE(4) }, (_, index) => 6 + ICON_ENTRY_BYTES * index);
    // The file has 0 for a side of 256 pixels.
    const sizes = entries.map((at) => ({ width: bytes[at] || 256, height: bytes[at + 1] || 256 }));
    return sizes.sort((a, b) => b.width - a.width)[0];
  },
  /** The size is in the frame header (SOF), after segments of any length (ITU T.81, annex B). */
  JPG(bytes) {
    for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff; ) {
      const marker = bytes[at + 1] ?? 0;
      const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
      if (isFrame) return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
      at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
    }
    return undefined;
  },
};
