// Whom a delivery goes to: name and port.

/** Empty for a text that is no URL. */
export function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return '';
  }
}
