/** Needs no server, only time: every usage type of all Regions in every form of bill and in every container. */
process.env.BUCKETWISE_LONG = 'yes';
await import('../app/reconcile-forms.test.js');

export {};
