import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { brandArea, DEFAULT_BRAND_ID } from "../../sandbox/state/brand-store.js";
import { type ConnectOptions, connect } from "./client.js";
import { gif, ico, jpg, png } from "./images.js";

/**
 * Prepares themes for the tests of one file: a folder `images` that is allowed, a folder `outside` that is not, and
 * `open`, which opens an org.
 */
export function themes() {
  const base = mkdtempSync(join(tmpdir(), "okta-mcp-themes-"));
  const images = join(base, "images");
  const outside = join(base, "outside");

  beforeAll(() => {
    for (const folder of [images, outside]) mkdirSync(folder);
    const files = { "a.png": png(300, 50), "b.jpg": jpg(300, 50), "c.gif": gif(300, 50), "d.ico": ico(16, 32) };
    for (const [name, data] of Object.entries(files)) writeFileSync(join(images, name), data);
    writeFileSync(join(images, "square.png"), png(64));
    writeFileSync(join(outside, "secret.png"), png(10));
  });
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  /** Opens an org with the themes of its brands, and returns the ids of the default brand's theme. */
  async function open(options: ConnectOptions = {}, brandId = DEFAULT_BRAND_ID) {
    const connected = await connect({ fileRoots: [images], ...options });
    const store = connected.org.area(brandArea);
    const brand = store.get(brandId);
    if (brand === undefined) throw new Error(`There is no brand ${brandId}.`);
    const theme = () => store.themeOf(brand);
    const place = { brand_id: brandId, theme_id: theme().id };
    return { ...connected, store, brand, theme, place, path: `/api/v1/brands/${brandId}/themes/${place.theme_id}` };
  }

  return { images, outside, open };
}
