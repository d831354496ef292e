// How unlike two pictures are, as the browser sees them: made small, so that fonts and moving figures matter little, and compared
// point by point.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** Runs in the page. From 0, the same, to 1. */
const compare = `async ([one, other]) => {
  const [width, height] = [120, 86];
  const pixelsOf = async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  };
  const [first, second] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  let far = 0;
  for (let at = 0; at < first.length; at += 4) {
    const distance = [0, 1, 2].reduce((sum, part) => sum + Math.abs(first[at + part] - second[at + part]), 0);
    if (distance > 96) far += 1;
  }
  return far / (width * height);
}`;

/** The part of the points that differ clearly, from 0 to 1. */
export function differenceOf(page: Page, path: string, picture: Buffer): Promise<number> {
  const both = [readFileSync(path).toString('base64'), picture.toString('base64')];
  return page.evaluate<number>(`(${compare})(${JSON.stringify(both)})`);
}
