/** How bytes leave: through NAT they pay by hour and byte, through a gateway endpoint nothing, to the internet by tier. */
import { bytesText, GIB } from '../kernel/bytes.js';
import { count, gigabytes, rate } from '../kernel/quantity.js';
import type { BillLine } from './bill.js';
import { type Ledger, lineIfAny } from './line.js';
import { billingCode, type Price, priceOf, withPrefix } from './rate-card.js';
import { grouped } from './sizes.js';
import type { TransferUsage } from './usage.js';

/** How usage types name other Regions: { "eu-west-1": "EU", "us-east-1": "USE1" }. */
export type BillingCodes = Readonly<Record<string, string>>;

export function transferLines(
  ledger: Ledger,
  transfer: TransferUsage,
  offsets: Readonly<Record<string, string>>,
  codes: BillingCodes,
): BillLine[] {
  const { natGateways: nat, interfaceEndpoints: endpoints, gatewayEndpoint, crossRegion = [] } = transfer;
  return [
    ...(nat ? natLines(ledger, nat) : []),
    ...(endpoints ? endpointLines(ledger, endpoints) : []),
    ...(gatewayEndpoint ? gatewayLines(ledger, gatewayEndpoint.bytes) : []),
    ...internetLines(ledger, transfer.internetOutBytes ?? 0n, offsets),
    ...crossRegion.flatMap(({ to, bytes }) => crossRegionLines(ledger, to, bytes, codes)),
  ];
}

interface Words {
  readonly name: string;
  /** Without the Region's prefix. */
  readonly usageType: string;
  readonly note?: string;
}

const wordsOf = (ledger: Ledger, words: Words) =>
  ({ ...words, section: 'transfer', usageType: withPrefix(ledger.card, words.usageType) }) as const;

const hourLines = (ledger: Ledger, words: Words, price: () => Price<'hour'>, hours: bigint): BillLine[] =>
  lineIfAny(ledger, wordsOf(ledger, words), price, hours, (amount) => count('hour', amount));

const byteLines = (ledger: Ledger, words: Words, price: () => Price<'GB'>, bytes: bigint): BillLine[] =>
  lineIfAny(ledger, wordsOf(ledger, words), price, bytes, gigabytes);

/** Amazon VPC pricing page, NAT gateway: each hour, and each gigabyte processed. */
function natLines(ledger: Ledger, nat: NonNullable<TransferUsage['natGateways']>): BillLine[] {
  const { card } = ledger;
  if (nat.bytes > 0n)
    ledger.assumptions.add(
      'A NAT gateway charges for the bytes of both directions; they are taken as given.',
    );
  return [
    ...hourLines(
      ledger,
      {
        name: 'NAT gateway, hours',
        usageType: 'NatGateway-Hours',
        note: `${grouped(nat.count)} × ${grouped(nat.hours)} hours.`,
      },
      () => priceOf(card, 'network', 'natGatewayHour'),
      nat.count * nat.hours,
    ),
    ...byteLines(
      ledger,
      {
        name: 'NAT gateway, bytes',
        usageType: 'NatGateway-Bytes',
        note: `${bytesText(nat.bytes)} to and from S3; through a gateway endpoint they are free.`,
      },
      () => priceOf(card, 'network', 'natGatewayData'),
      nat.bytes,
    ),
  ];
}

/** AWS PrivateLink pricing page: each hour in each zone, and each gigabyte by tier. */
function endpointLines(
  ledger: Ledger,
  endpoints: NonNullable<TransferUsage['interfaceEndpoints']>,
): BillLine[] {
  const { card } = ledger;
  return [
    ...hourLines(
      ledger,
      {
        name: 'Interface endpoint, hours',
        usageType: 'VpcEndpoint-Hours',
        note: `${grouped(endpoints.zones)} zones × ${grouped(endpoints.hours)} hours.`,
      },
      () => priceOf(card, 'network', 'interfaceEndpointHour'),
      endpoints.zones * endpoints.hours,
    ),
    ...byteLines(
      ledger,
      { name: 'Interface endpoint, bytes', usageType: 'VpcEndpoint-Bytes' },
      () => priceOf(card, 'network', 'interfaceEndpointData'),
      endpoints.bytes,
    ),
  ];
}

/** AWS Prescriptive Guidance: "Gateway endpoints carry no additional charge"; no usage type is billed for them. */
function gatewayLines(ledger: Ledger, bytes: bigint): BillLine[] {
  const words = {
    section: 'transfer',
    name: 'Gateway endpoint, bytes',
    note: 'A gateway endpoint is free.',
  } as const;
  const price = (): Price<'GB'> => priceOf(ledger.card, 'network', 'gatewayEndpointData');
  return lineIfAny(ledger, words, price, bytes, gigabytes);
}

const internetOut = 'DataTransfer-Out-Bytes';
/** S3 pricing page: the first 100 GB a month to the internet are free, over all services and Regions but GovCloud and China. */
const freeBytes = 100n * BigInt(GIB);

function internetLines(ledger: Ledger, bytes: bigint, offsets: Readonly<Record<string, string>>): BillLine[] {
  if (bytes === 0n) return [];
  const price = priceOf(ledger.card, 'network', 'internetOut');
  const words = {
    section: 'transfer',
    name: 'Out to the internet',
    usageType: withPrefix(ledger.card, internetOut),
  } as const;
  const isFreeHere = !ledger.card.region.startsWith('us-gov-') && offsets[internetOut] === undefined;
  if (!isFreeHere) return [ledger.line(words, price, gigabytes(bytes))];
  ledger.assumptions.add(
    'The free 100 GB a month to the internet are the first of the first tier, and nothing else of the account uses them.',
  );
  const free = bytes < freeBytes ? bytes : freeBytes;
  const line = ledger.line(
    {
      ...words,
      name: 'Out to the internet, free',
      note: 'The first 100 GB a month are free, over all services and Regions.',
    },
    freeOf(price),
    gigabytes(free),
  );
  return [line, ...lineIfAny(ledger, words, () => price, bytes - free, gigabytes)];
}

/** The same price at zero, in the same tiers, so that what is free still counts towards them. */
const freeOf = (price: Price<'GB'>): Price<'GB'> => ({
  ...price,
  tiers: price.tiers.map((tier) => ({ ...tier, rate: rate('GB', '0') })),
});

/** EC2 pricing page, data transfer between Regions: billed at the price of the Region it leaves. Errors: PRICE_MISSING. */
function crossRegionLines(ledger: Ledger, to: string, bytes: bigint, codes: BillingCodes): BillLine[] {
  const { card } = ledger;
  const isUsEast = [card.region, to].every((region) => region === 'us-east-1' || region === 'us-east-2');
  if (!isUsEast && bytes > 0n)
    ledger.assumptions.add(
      `Bytes from ${card.region} to other Regions have one price here; AWS has one for each pair, which can differ for the newest Regions.`,
    );
  const words = {
    section: 'transfer',
    name: `To ${to}`,
    usageType: `${billingCode(card)}-${codes[to] ?? to}-AWS-Out-Bytes`,
  } as const;
  const price = (): Price<'GB'> =>
    priceOf(card, 'network', isUsEast ? 'crossRegionOutWithinUsEast' : 'crossRegionOut');
  return lineIfAny(ledger, words, price, bytes, gigabytes);
}
