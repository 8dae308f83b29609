import type { Page } from "playwright-core";

/** A text that is hard to read. `ratio` is its contrast ratio, computed as in WCAG 2. */
export interface FaintText {
  text: string;
  ratio: number;
}

/** Runs in the page. It compares each element with a text of its own to the first opaque background behind it. */
const FIND_FAINT = `(least) => {
  const rgba = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  return [...document.body.querySelectorAll("*")].flatMap((element) => {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join(" ").trim();
    if (text === "" || element.closest("[hidden]")) return [];
    const [a, b] = [luminance(rgba(getComputedStyle(element).color)), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio < least ? [{ text, ratio }] : [];
  });
}`;

/** Returns the texts of a page with a contrast below 4.5 to 1 (WCAG 2.2, success criterion 1.4.3). */
export function faintTexts(page: Page): Promise<FaintText[]> {
  return page.evaluate<FaintText[]>(`(${FIND_FAINT})(4.5)`);
}
