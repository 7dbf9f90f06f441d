/** What the HTTP answers look like, for the description at /openapi.json. */

const text = { type: 'string' } as const;
const amount = { type: 'string', description: 'US dollars, an exact decimal.' } as const;
const texts = { type: 'array', items: text } as const;
const whole = { type: ['integer', 'string'], description: 'A decimal string beyond 2^53.' } as const;

export const billSchema = {
  type: 'object',
  description: 'An itemised bill; the total is the exact sum of the lines.',
  required: ['schemaVersion', 'region', 'month', 'currency', 'rateCardDate', 'lines', 'sections', 'total'],
  properties: {
    schemaVersion: { const: 1 },
    region: text,
    month: text,
    currency: { const: 'USD' },
    rateCardDate: text,
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          section: text,
          name: text,
          usageType: text,
          operation: text,
          class: { type: ['string', 'null'] },
          quantity: text,
          unit: text,
          tiers: {
            type: 'array',
            items: {
              type: 'object',
              properties: { upTo: text, price: amount, quantity: text, amount },
            },
          },
          price: { type: ['string', 'null'] },
          amount,
          note: text,
        },
      },
    },
    sections: { type: 'object', additionalProperties: amount },
    total: amount,
    assumptions: texts,
    notCounted: texts,
  },
} as const;

const price = {
  type: 'object',
  description: 'A price, or why there is none (absent, why).',
  required: ['id', 'group', 'name', 'unit'],
  properties: {
    id: { type: 'string', description: 'As STANDARD_IA.put.' },
    group: text,
    name: text,
    unit: text,
    tiers: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          upTo: { type: 'string', description: 'Whole units; Inf for the last.' },
          price: amount,
        },
      },
    },
    usageType: text,
    operation: text,
    sku: text,
    source: texts,
    confidence: { enum: ['verified', 'documented', 'inferred', 'unconfirmed'] },
    note: text,
    absent: { enum: ['unknown', 'not-sold', 'not-possible'] },
    why: text,
  },
} as const;

export const rateCardSchema = {
  type: 'object',
  description: 'Every price of a Region from a day on; what has no price says why.',
  required: ['schemaVersion', 'region', 'date', 'currency', 'prices'],
  properties: {
    schemaVersion: { const: 1 },
    region: text,
    location: text,
    usageTypePrefix: text,
    date: { type: 'string', description: 'In force from this day on.' },
    currency: { const: 'USD' },
    sources: { type: 'object', additionalProperties: text },
    checks: texts,
    prices: { type: 'array', items: price },
  },
} as const;

const layout = { type: 'object', properties: { objects: whole, bytes: whole } } as const;
const monthOrNever = { type: 'string', description: 'As 2027-01, or never.' } as const;

export const outcomeSchema = {
  type: 'object',
  required: ['schemaVersion', 'scenario', 'before', 'after', 'oneOff', 'monthly', 'months', 'breakEven'],
  properties: {
    schemaVersion: { const: 1 },
    scenario: text,
    before: billSchema,
    after: billSchema,
    oneOff: billSchema,
    monthly: { type: 'object', properties: { before: amount, after: amount, saving: amount } },
    months: {
      type: 'array',
      items: {
        type: 'object',
        properties: { month: text, before: amount, after: amount, oneOff: amount, cumulative: amount },
      },
    },
    breakEven: {
      type: 'object',
      properties: {
        month: monthOrNever,
        band: { type: 'object', properties: { late: monthOrNever, early: monthOrNever } },
      },
    },
    layout: { type: 'object', properties: { before: layout, after: layout } },
    assumptions: texts,
    notCounted: texts,
  },
} as const;

const sources = {
  type: 'object',
  properties: { objects: { type: 'integer' }, bytes: { type: 'integer' } },
} as const;
const target = {
  type: 'object',
  properties: { files: { type: 'integer' }, bytes: { type: 'integer' }, rows: { type: 'integer' } },
} as const;

export const compactionSchema = {
  type: 'object',
  required: ['schemaVersion', 'planId', 'table', 'engine', 'partitions', 'totals', 'ownCost'],
  properties: {
    schemaVersion: { const: 1 },
    planId: text,
    table: text,
    engine: { enum: ['duckdb', 'trino', 'athena'] },
    grain: { enum: ['minutes', 'hour', 'day'] },
    partitions: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          partition: text,
          state: { enum: ['due', 'open', 'empty', 'compacted', 'late', 'refused', 'failed', 'running'] },
          reason: text,
          generation: { type: 'integer' },
          sources,
          target,
          evidence: { type: ['string', 'null'] },
          ownCost: { type: ['object', 'null'] },
        },
      },
    },
    totals: {
      type: 'object',
      properties: { partitions: { type: 'integer' }, due: { type: 'integer' }, sources, target },
    },
    ownCost: { type: 'object' },
  },
} as const;

/** The body of POST /v1/what-if. */
export const whatIfSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['scan', 'scenario'],
  properties: {
    scan: { type: 'object', description: 'A scan document, as `scan -o json` prints it.' },
    scenario: { enum: ['compact'] },
    region: { type: 'string' },
    month: { type: 'string', pattern: '^\\d{4}-\\d{2}$' },
    options: {
      type: 'object',
      additionalProperties: false,
      properties: {
        targetFileBytes: { type: 'string', description: 'As 128MiB.' },
        compressionRatio: { type: 'number', exclusiveMinimum: 0, maximum: 2 },
        queriesPerMonth: { type: 'integer', minimum: 0 },
      },
    },
  },
} as const;
