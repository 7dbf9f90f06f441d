/** Drives sequences in a process of its own, for tap watches every promise and there are millions; prints the tally as JSON. */
import { codeWeakenings, sound } from './code-weakenings.js';
import { drive } from './driving.js';

const [, , count, seed, weakening] = process.argv;
const weak = [sound, ...codeWeakenings].find(({ name }) => name === weakening);
const tally = await drive(Number(count), seed ? Number(seed) : undefined, weak);
process.stdout.write(`${JSON.stringify(tally)}\n`);
