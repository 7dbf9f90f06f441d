/** The requests of a scan read back from JSON: the same, or the field that does not fit is named. */
import { type RequestRow, type Requests, requestAnswers, requestOperations } from './request-rows.js';
import {
  at,
  count,
  decimal,
  type Field,
  instant,
  list,
  oneOf,
  optional,
  refuse,
  text,
  whole,
} from './scan-fields.js';

export function requestsFromJson(field: Field): Requests {
  const notUnderstood = at(field, 'notUnderstood');
  const folded = at(field, 'folded');
  const read: Requests = {
    source: text(at(field, 'source')),
    from: instant(at(field, 'from')),
    to: instant(at(field, 'to')),
    hours: whole(at(field, 'hours')),
    activeHours: whole(at(field, 'activeHours')),
    files: whole(at(field, 'files')),
    skippedFiles: whole(at(field, 'skippedFiles')),
    lines: whole(at(field, 'lines')),
    notUnderstood: {
      lines: whole(at(notUnderstood, 'lines')),
      examples: list(at(notUnderstood, 'examples'), (one) => ({
        file: text(at(one, 'file')),
        line: whole(at(one, 'line')),
        text: text(at(one, 'text')),
      })),
    },
    repeated: whole(at(field, 'repeated')),
    otherBuckets: whole(at(field, 'otherBuckets')),
    otherServices: whole(at(field, 'otherServices')),
    outside: count(at(field, 'outside')),
    buckets: list(at(field, 'buckets'), text),
    guessed: list(at(field, 'guessed'), (one) => ({
      operation: text(at(one, 'operation')),
      takenFor: oneOf(at(one, 'takenFor'), requestOperations),
      requests: count(at(one, 'requests')),
    })),
    folded: { prefixes: whole(at(folded, 'prefixes')), requesters: whole(at(folded, 'requesters')) },
    rows: list(at(field, 'rows'), requestRow),
  };
  // A month is this many times what was observed.
  if (read.hours === 0) refuse(at(field, 'hours'), 'is not above 0');
  return read;
}

function requestRow(row: Field): RequestRow {
  const answers = at(row, 'answers');
  const read = {
    prefix: text(at(row, 'prefix')),
    requester: text(at(row, 'requester')),
    operation: oneOf(at(row, 'operation'), requestOperations),
    requests: count(at(row, 'requests')),
    billed: count(at(row, 'billed')),
    bytesSent: count(at(row, 'bytesSent')),
    objectBytes: count(at(row, 'objectBytes')),
    answers: Object.assign({}, ...requestAnswers.map((answer) => optional(answers, answer, count))),
    costs: list(at(row, 'costs'), (cost) => ({
      usageType: text(at(cost, 'usageType')),
      class: text(at(cost, 'class')),
      unit: oneOf(at(cost, 'unit'), ['request', 'GB'] as const),
      quantity: decimal(at(cost, 'quantity')),
      usd: decimal(at(cost, 'usd')),
    })),
    monthlyUsd: decimal(at(row, 'monthlyUsd')),
  };
  if (read.billed > read.requests) refuse(at(row, 'billed'), 'is more than its requests');
  return read;
}
