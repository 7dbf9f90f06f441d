/** Needs no server, only time: the crash suite with every kind of table and many more pairs of cuts. */
process.env.BUCKETWISE_ALL_CUTS = 'yes';
await import('../crash/compaction.test.js');
await import('../crash/roll-up.test.js');

export {};
