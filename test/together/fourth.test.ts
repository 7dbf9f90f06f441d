import { groups, run } from './suites.js';

await run(groups[3]);
