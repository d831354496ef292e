// Where an image comes from. A name without a registry's host is Docker Hub's, and one without a folder there is in
// `library`, as every container runtime reads it: https://github.com/distribution/reference.

const hub = 'docker.io';

/** Whether the first part of a name is a registry's host: it has a dot or a port, or is localhost. */
export function beginsWithHost(name: string): boolean {
  const slash = name.indexOf('/');
  const first = slash < 0 ? name : name.slice(0, slash);
  return first === 'localhost' || /[.:]/.test(first);
}

/** The whole name of an image, its registry's host first. */
export function fullImageName(image: string): string {
  const known = image.includes('/') && beginsWithHost(image);
  const name = known ? image : `${hub}/${image}`;
  const [host, ...path] = name.split('/');
  const official = (host === hub || host === `index.${hub}`) && path.length === 1;
  return [host === `index.${hub}` ? hub : host, ...(official ? ['library'] : []), ...path].join('/');
}

/** Whether the image's name begins with one of the prefixes and goes on there with a new part. */
export function isFromOneOf(image: unknown, prefixes: readonly string[]): boolean {
  if (typeof image !== 'string') return false;
  const name = fullImageName(image);
  return prefixes.some((prefix) => {
    if (!name.startsWith(prefix)) return false;
    return prefix.endsWith('/') || ['', '/', ':', '@'].includes(name.charAt(prefix.length));
  });
}
