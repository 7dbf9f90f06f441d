/** What an operation of a log is billed as, and whether an answer is billed at all. */

import type { RequestAnswer, RequestOperation } from '../prefixes/request-rows.js';

/**
 * S3 User Guide: "Logging requests with server access logging", "Lifecycle and logging", and the usage types of its
 * billing pages. LIST is what lists a bucket; what is neither PUT, COPY, POST nor LIST is billed as GET; DELETE is free.
 */
const known: Readonly<Record<string, RequestOperation>> = {
  'REST.PUT.OBJECT': 'put',
  'REST.POST.OBJECT': 'put',
  'REST.COPY.OBJECT': 'put',
  'REST.COPY.OBJECT_GET': 'get',
  'REST.POST.UPLOAD': 'put',
  'REST.POST.UPLOADS': 'part',
  'REST.PUT.PART': 'part',
  'REST.COPY.PART': 'part',
  'REST.COPY.PART_GET': 'get',
  'REST.GET.OBJECT': 'get',
  'REST.HEAD.OBJECT': 'head',
  'REST.HEAD.BUCKET': 'head',
  'WEBSITE.GET.OBJECT': 'get',
  'WEBSITE.HEAD.OBJECT': 'head',
  'REST.GET.BUCKET': 'list',
  'REST.GET.BUCKETVERSIONS': 'list',
  'REST.GET.UPLOADS': 'list',
  'REST.GET.UPLOAD': 'list',
  'REST.GET.SERVICE': 'list',
  'REST.DELETE.OBJECT': 'delete',
  'REST.DELETE.UPLOAD': 'delete',
  'REST.DELETE.BUCKET': 'delete',
  // Neither the one request nor its line for every key; whether AWS bills the POST is not said.
  'REST.POST.MULTI_OBJECT_DELETE': 'delete',
  'BATCH.DELETE.OBJECT': 'delete',
  'REST.POST.RESTORE': 'restore',
  'S3.EXPIRE.OBJECT': 'expiry',
  'S3.CREATE.DELETEMARKER': 'expiry',
  'S3.DELETE.UPLOAD': 'expiry',
  'S3.TRANSITION_SIA.OBJECT': 'to STANDARD_IA',
  'S3.TRANSITION_ZIA.OBJECT': 'to ONEZONE_IA',
  'S3.TRANSITION_INT.OBJECT': 'to INTELLIGENT_TIERING',
  'S3.TRANSITION_GIR.OBJECT': 'to GLACIER_IR',
  'S3.TRANSITION.OBJECT': 'to GLACIER',
  'S3.TRANSITION_GDA.OBJECT': 'to DEEP_ARCHIVE',
};

export interface Operation {
  readonly class: RequestOperation;
  /** Named in no source: its class was taken from its verb, and it is reported. */
  readonly isGuessed: boolean;
}

const verbs: readonly (readonly [RegExp, RequestOperation])[] = [
  [/^REST\.COPY\.\w+_GET$/, 'get'],
  [/^(?:REST|WEBSITE|SOAP)\.HEAD\./, 'head'],
  [/^(?:REST|WEBSITE|SOAP)\.(?:GET|OPTIONS)\.[A-Z]/, 'get'],
  [/^REST\.(?:PUT|POST|COPY)\.[A-Z]/, 'put'],
  [/^(?:REST|BATCH)\.DELETE\.[A-Z]/, 'delete'],
];

/** Settings of a bucket are read and written by the hundred kinds: a GET of one is no surprise, only what else there is. */
const isSetting = /^REST\.(?:GET|HEAD|OPTIONS)\.[A-Z_]+$/;

export function operationOf(name: string): Operation {
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found !== undefined) return { class: found, isGuessed: false };
  const guessed = verbs.find(([pattern]) => pattern.test(name))?.[1];
  return { class: guessed ?? 'unknown', isGuessed: !isSetting.test(name) };
}

/** Of S3 alone: every other operation writes the key encoded twice. */
export const isEncodedOnce = (operation: string): boolean =>
  operation === 'BATCH.DELETE.OBJECT' || operation === 'S3.EXPIRE.OBJECT';

/** S3 User Guide, ErrorCodeBilling: the codes below 5xx that are not billed, AccessDenied apart. */
// biome-ignore format: a list of words
const unbilled = new Set([
  'PermanentRedirect', 'PermanentRedirectControlError', 'TemporaryRedirect', 'AuthorizationHeaderMalformed',
  'AuthorizationQueryParametersError', 'ConnectionClosedByRequester', 'DeviceNotActiveError', 'EndpointNotFound',
  'ExpiredToken', 'IllegalLocationConstraintException', 'InvalidArgument', 'InvalidBucketOwnerAWSAccountID',
  'InvalidDigest', 'InvalidEncryptionAlgorithmError', 'InvalidHostHeader', 'InvalidHttpMethod', 'InvalidRequest',
  'InvalidSessionException', 'InvalidSignature', 'InvalidSOAPRequest', 'InvalidStorageClass', 'InvalidTag',
  'InvalidToken', 'InvalidURI', 'KeyTooLongError', 'KMS.DisabledException', 'KMS.InvalidKeyUsageException',
  'KMS.KMSInvalidStateException', 'KMS.NotFoundException', 'LambdaInvalidResponse', 'LambdaInvocationFailed',
  'MalformedACLError', 'MalformedPOSTRequest', 'MalformedXML', 'MaxPostPreDataLengthExceededError',
  'MetadataTooLarge', 'MissingAttachment', 'MissingRequestBodyError', 'MissingSecurityHeader',
  'NoLoggingStatusForKey', 'NotDeviceOwnerError', 'ResponseInterrupted', 'RequestHeaderSectionTooLarge',
  'TokenCodeInvalidError', 'UnexpectedContent', 'UnsupportedArgument', 'UnsupportedSignature',
  'UserKeyMustBeSpecified', 'IncorrectEndpoint', 'ValidationError', 'RequestTimeTooSkewed',
  'SignatureDoesNotMatch', 'NotSignedUp', 'InvalidSecurity', 'InvalidPayer', 'InvalidAccessKeyId',
  'AccountProblem', 'UnauthorizedAccessError', 'UnexpectedIPError', 'MissingAuthenticationToken',
  'LambdaPermissionError', 'LambdaNotFound', 'NoSuchAsyncRequest', 'NoSuchObjectLockConfiguration',
  'NoSuchUpload', 'NoSuchWebsiteConfiguration', 'NoTransformationDefined',
  'ObjectLockConfigurationNotFoundError', 'MethodNotAllowed', 'BucketAlreadyExists', 'InvalidBucketState',
  'OperationAborted', 'MissingContentLength', 'RequestIsNotMultiPartContent', 'InvalidRange',
]);

/** Where a request came from, as far as it is known: a 403 to one from outside the account and organization is free. */
export type Origin = 'own' | 'outside' | 'unknown';

/** A status of 0 is none at all, as lifecycle has it. */
export function answerOf(status: number, error: string, origin: Origin): RequestAnswer {
  if (status < 300) return 'ok';
  if (status >= 500) return 'failed';
  if (unbilled.has(error)) return 'unbilled';
  if (status === 403 && origin !== 'own') return origin === 'outside' ? 'deniedOutside' : 'denied';
  return status < 400 ? 'redirect' : 'refused';
}
