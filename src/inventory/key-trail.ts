/** A listing goes forward: a server that leads in a circle, or on and on past nothing, is found out in bounded memory. */
import type { KeyCursor } from './ports.js';

/** The places a server named since the last key that was new. */
export interface Trail {
  places: number;
  /** One of them: held against those that come after it, and replaced after twice as many. */
  held: KeyCursor | undefined;
}

/** A hundred million delete markers in a row, where a page is left empty by each thousand: beyond that there is no end. */
const mostPlaces = 100_000;

export const emptyTrail = (): Trail => ({ places: 0, held: undefined });

/** A new key was found: the order of keys keeps the server from leading back before it. */
export function begunAnew(trail: Trail): undefined {
  trail.places = 0;
  trail.held = undefined;
}

export const isOnePlace = (a: KeyCursor, b: KeyCursor): boolean =>
  a.token === undefined ? a.key === b.key && a.version === b.version : a.token === b.token;

/** Why the server is not to be followed to this place; undefined when it may be. A circle is found before it is gone round thrice. */
export function strayed(trail: Trail, next: KeyCursor): string | undefined {
  if (trail.held !== undefined && isOnePlace(trail.held, next))
    return 'more follows, and from where it was before: its pages go in a circle';
  trail.places += 1;
  if (trail.places > mostPlaces)
    return `more follows, after ${mostPlaces.toLocaleString('en-US')} pages in a row without a new key`;
  // Of every circle some power of two is both beyond its beginning and longer than it (Brent).
  if ((trail.places & (trail.places - 1)) === 0) trail.held = next;
  return undefined;
}
