/** Drives sequences in a process of its own, for tap watches every promise and there are millions; prints the tally as JSON. */
import { drive } from './driving.js';

const [, , count, seed] = process.argv;
const tally = await drive(Number(count), seed ? Number(seed) : undefined);
process.stdout.write(`${JSON.stringify(tally)}\n`);
