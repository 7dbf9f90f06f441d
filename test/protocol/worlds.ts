/** The worlds that are searched, and how a search is told in one line. */
import type { World } from './protocol.js';
import type { Found } from './search.js';

/** Two runners, each dies up to twice; one object comes late, one key is overwritten; queries outlive their runner. */
export const whole: World = {
  crashesEach: 2,
  late: true,
  overwrite: true,
  vanish: false,
  rename: false,
  straggle: true,
  delay: false,
  interleaving: 'where-it-matters',
};

export const clock = (): number => performance.now();

export function row(name: string, { states, transitions, seconds, fault }: Found): string {
  const counts = `${states} states, ${transitions} transitions, ${seconds.toFixed(1)} s`;
  return `${name}: ${counts}: ${fault ?? 'holds'}`;
}
