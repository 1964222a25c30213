"""NautilusTrader on the rows of the engine benchmark: one JSON line on stdout.

    python nautilus_engine.py NPZ COPIES ROUNDS

The work that both can express: every depth row as an order book delta and every trade as a trade
tick, through the backtest engine to the end, no strategy subscribed. Data objects are made before
anything is timed. Needs `pip install nautilus_trader`.
"""

import json
import resource
import sys
import time
from decimal import Decimal

import numpy as np
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import BookOrder, OrderBookDelta, TradeTick
from nautilus_trader.model.enums import (
    AccountType,
    AggressorSide,
    BookAction,
    BookType,
    OmsType,
    OrderSide,
    RecordFlag,
)
from nautilus_trader.model.identifiers import TradeId, Venue
from nautilus_trader.model.objects import Money
from nautilus_trader.test_kit.providers import TestInstrumentProvider

DEPTH, TRADE, CLEAR, SNAPSHOT = 1, 2, 3, 4
BUY = 1 << 29


def data_of(rows, instrument, shift, ids):
    made = []
    last = len(rows) - 1
    times = rows["local_ts"]
    for i, row in enumerate(rows):
        kind = int(row["ev"]) & 0xFF
        buys = (int(row["ev"]) & BUY) != 0
        event, seen = int(row["exch_ts"]) + shift, int(row["local_ts"]) + shift
        if kind in (DEPTH, SNAPSHOT):
            qty = instrument.make_qty(float(row["qty"]))
            price = instrument.make_price(float(row["px"]))
            side = OrderSide.BUY if buys else OrderSide.SELL
            action = BookAction.DELETE if qty == 0 else BookAction.UPDATE
            order = BookOrder(side, price, qty, 0)
            ends = i == last or times[i + 1] != times[i]
            flags = RecordFlag.F_LAST if ends else 0
            made.append(OrderBookDelta(instrument.id, action, order, flags, 0, event, seen))
        elif kind == TRADE:
            side = AggressorSide.BUYER if buys else AggressorSide.SELLER
            price = instrument.make_price(float(row["px"]))
            qty = instrument.make_qty(float(row["qty"]))
            if qty > 0:
                made.append(TradeTick(instrument.id, price, qty, side, TradeId(str(next(ids))), event, seen))
    return made


def run(data, instrument):
    engine = BacktestEngine(config=BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=Venue("BINANCE"),
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=None,
        starting_balances=[Money(Decimal(1_000_000), USDT)],
        book_type=BookType.L2_MBP,
    )
    engine.add_instrument(instrument)
    engine.add_data(data, validate=False)
    start, cpu = time.perf_counter(), time.process_time()
    engine.run()
    wall, used = time.perf_counter() - start, time.process_time() - cpu
    engine.dispose()
    return wall, used


def main(path, copies, rounds):
    rows = np.load(path)["data"]
    instrument = TestInstrumentProvider.btcusdt_perp_binance()
    span = int(max(rows["exch_ts"][-1], rows["local_ts"][-1]) - min(rows["exch_ts"][0], rows["local_ts"][0]))
    ids = iter(range(1, 1 << 62))
    data = []
    for copy in range(copies):
        data += data_of(rows, instrument, copy * (span + 1_000_000_000), ids)
    measured = [run(data, instrument) for _ in range(rounds)]
    walls = sorted(one[0] for one in measured)
    cpus = sorted(one[1] for one in measured)
    print(
        json.dumps(
            {
                "rows": len(data),
                "wallSeconds": walls[len(walls) // 2],
                "cpuSeconds": cpus[len(cpus) // 2],
                "requests": 0,
                "fills": 0,
                "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    _, path, copies, rounds = sys.argv
    main(path, int(copies), int(rounds))
