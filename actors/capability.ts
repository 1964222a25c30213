/**
 * What an environment may offer to the actors of a session. An actor names in its spec those that
 * it asks for; the processing context names those that there are.
 */
export const CAPABILITIES = [
  /** Something that realises obligations at their time. */
  'wakeUpSource',
  /** The session's clock. */
  'clockView',
  /** Rows of both observers. */
  'marketInput',
  /** A Venue that takes requests. */
  'orderSubmission',
  /** Statements of the account by the Venue. */
  'accountSnapshot',
  /** A source of execution feedback records. */
  'executionFeedback',
] as const
export type Capability = (typeof CAPABILITIES)[number]
