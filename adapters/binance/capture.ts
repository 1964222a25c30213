import { readBytes } from '../market-data/files.ts'
import { gunzipIfNeeded } from '../market-data/gzip.ts'
import { type BookTickers, decodeBookTickers } from './book-ticker.ts'
import { type BinanceCapture, type BinanceOptions, decodeCapture } from './decode.ts'

/**
 * Reads a raw capture, plain or gzip; spot and USD-M futures are told apart by their content.
 * @throws ESC_DATA_READ and everything that {@link decodeCapture} throws; errors name `path`.
 */
export function readCapture(
  path: string,
  options: Omit<BinanceOptions, 'file'> = {},
): BinanceCapture {
  return decodeCapture(gunzipIfNeeded(readBytes(path), path), { ...options, file: path })
}

/**
 * Reads the bookTicker messages of a raw capture.
 * @throws ESC_DATA_READ, ESC_BINANCE_LINE, ESC_BINANCE_MESSAGE
 */
export function readBookTickers(path: string): BookTickers {
  return decodeBookTickers(gunzipIfNeeded(readBytes(path), path), path)
}
