// Contrast as WCAG 2.2 defines it, of every text that a page shows against what is behind it.
// https://www.w3.org/TR/WCAG22/#contrast-minimum, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
import type { Page } from 'playwright-core';

export interface ShownText {
  text: string;
  /** `rgb(…)` as the browser computes them. */
  colour: string;
  background: string;
  isLarge: boolean;
}

/** Runs in the page: each element that has a text of its own and is seen, with the nearest background that covers. */
const shownTexts = `[...document.querySelectorAll('body *')].flatMap((element) => {
  const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(' ').trim();
  const box = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const isSeen = own !== '' && box.width > 1 && box.height > 1 && style.visibility === 'visible';
  if (!isSeen || ['title', 'option'].includes(element.tagName.toLowerCase())) return [];
  let behind = element;
  while (behind && getComputedStyle(behind).backgroundColor === 'rgba(0, 0, 0, 0)') behind = behind.parentElement;
  const background = getComputedStyle(behind ?? document.body).backgroundColor;
  const size = parseFloat(style.fontSize);
  const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  return [{ text: own.slice(0, 40), colour: style.color, background, isLarge }];
})`;

/** The texts whose contrast is too little for AA, each with its ratio; and how many were looked at. */
export async function contrastOf(page: Page): Promise<{ looked: number; faint: string[] }> {
  const texts = await page.evaluate<ShownText[]>(shownTexts);
  const faint = texts.filter(({ colour, background, isLarge }) => ratio(colour, background) < (isLarge ? 3 : 4.5));
  return {
    looked: texts.length,
    faint: faint.map(
      ({ text, colour, background }) =>
        `${text}: ${colour} on ${background} is ${ratio(colour, background).toFixed(2)}`,
    ),
  };
}

export function ratio(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => linear(Number(part) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
