import { z } from 'zod'

/** Decimals are quoted, so that no binary float stands between the file and the exact value. */
export const decimal = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .describe('A plain decimal in quotes, such as "0.01".')
export const positive = z
  .string()
  .regex(/^\d*\.?\d*[1-9]\d*(\.\d+)?$/)
  .regex(/^\d+(\.\d+)?$/)
  .describe('A plain decimal above 0 in quotes, such as "0.01".')
export const amount = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .describe('A plain decimal of 0 or more in quotes.')
export const epoch = z
  .string()
  .regex(/^(\d+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z)$/)
  .describe('Epoch nanoseconds, or ISO 8601 in UTC with up to nine decimals, in quotes.')
export const symbol = z
  .string()
  .min(1)
  .describe('Symbol of an instrument defined under `instruments`.')
