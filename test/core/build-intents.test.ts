/** The intents that a strategy builds: every field of each, and what is filled in for it. */
import {
  BUY,
  cancelOrder,
  type OrderSnapshot,
  placeLimit,
  placeMarket,
  replaceOrder,
  SELL,
  type StateView,
} from '@escapement/core'
import { expect, test } from 'vitest'

const view = { newOrderKey: () => 77 } as unknown as StateView
const order = { key: 5, instrument: 2, price: 100, qty: 9 } as OrderSnapshot

test('a limit order is GTC on the first instrument unless it says otherwise', () => {
  const plain = {
    type: 'intent.new',
    key: 77,
    instrument: 0,
    side: BUY,
    orderType: 'limit',
    timeInForce: 'GTC',
    price: 10,
    qty: 3,
  }
  expect(placeLimit(view, { side: BUY, price: 10, qty: 3 })).toEqual(plain)
  const terms = { side: SELL, price: 11, qty: 4, timeInForce: 'postOnly', instrument: 1 } as const
  expect(placeLimit(view, terms)).toEqual({ ...plain, ...terms })
})

test('a market order has no price and waits for nobody', () => {
  const plain = {
    type: 'intent.new',
    key: 77,
    instrument: 0,
    side: SELL,
    orderType: 'market',
    timeInForce: 'IOC',
    price: 0,
    qty: 3,
  }
  expect(placeMarket(view, { side: SELL, qty: 3 })).toEqual(plain)
  expect(placeMarket(view, { side: SELL, qty: 3, instrument: 1 })).toEqual({
    ...plain,
    instrument: 1,
  })
})

test('a replace keeps what it does not change, a cancel names the order alone', () => {
  const plain = { type: 'intent.replace', key: 5, instrument: 2, price: 100, qty: 9 }
  expect(replaceOrder(order, {})).toEqual(plain)
  expect(replaceOrder(order, { price: 101 })).toEqual({ ...plain, price: 101 })
  expect(replaceOrder(order, { qty: 8 })).toEqual({ ...plain, qty: 8 })
  expect(cancelOrder(order)).toEqual({ type: 'intent.cancel', key: 5, instrument: 2 })
})
