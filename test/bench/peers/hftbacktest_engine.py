"""hftbacktest on the rows of the engine benchmark: one case a process, one JSON line on stdout.

    python hftbacktest_engine.py NPZ COPIES CASE DEPTH ASSETS ROUNDS

CASE is `idle` (run to the end without a strategy) or `s1` (every 100 ms: clear, cancel what can be
cancelled, five post-only quotes a side, 10 lots). DEPTH is `hashmap` or `roi`. The strategy is
numba-compiled and warmed before anything is timed; building the backtest is not timed, the data
are in memory. Needs `pip install hftbacktest`.
"""

import json
import resource
import sys
import time

import numpy as np
from numba import njit
from hftbacktest import (
    BUY,
    GTX,
    LIMIT,
    BacktestAsset,
    HashMapMarketDepthBacktest,
    ROIVectorMarketDepthBacktest,
)

TICK, LOT = 0.1, 0.001
INTERVAL_NS = 100_000_000
LEVELS = 5


def repeated(path, copies):
    rows = np.load(path)["data"]
    first = min(rows["exch_ts"][0], rows["local_ts"][0])
    last = max(rows["exch_ts"][-1], rows["local_ts"][-1])
    span = last - first + 1_000_000_000
    parts = []
    for copy in range(copies):
        part = rows.copy()
        part["exch_ts"] += copy * span
        part["local_ts"] += copy * span
        parts.append(part)
    return np.concatenate(parts)


def asset(data):
    built = (
        BacktestAsset()
        .data(data)
        .linear_asset(1.0)
        .constant_order_latency(10_000_000, 10_000_000)
        .power_prob_queue_model3(3.0)
        .no_partial_fill_exchange()
        .trading_value_fee_model(-0.00005, 0.0007)
        .tick_size(TICK)
        .lot_size(LOT)
    )
    return built


def build(datas, depth):
    assets = [asset(data) for data in datas]
    if depth == "roi":
        for one in assets:
            one.roi_lb(50_000.0)
            one.roi_ub(75_000.0)
        return ROIVectorMarketDepthBacktest(assets)
    return HashMapMarketDepthBacktest(assets)


@njit
def idle(hbt):
    while hbt.elapse(3_600_000_000_000) == 0:
        pass
    return 0


@njit
def s1(hbt, count):
    requests = 0
    order_id = 0
    while hbt.elapse(INTERVAL_NS) == 0:
        for asset_no in range(count):
            hbt.clear_inactive_orders(asset_no)
            depth = hbt.depth(asset_no)
            bid, ask = depth.best_bid_tick, depth.best_ask_tick
            if depth.best_bid != depth.best_bid or depth.best_ask != depth.best_ask:
                continue
            orders = hbt.orders(asset_no)
            values = orders.values()
            while values.has_next():
                order = values.get()
                if order.cancellable:
                    hbt.cancel(asset_no, order.order_id, False)
                    requests += 1
            for level in range(LEVELS):
                order_id += 1
                hbt.submit_buy_order(asset_no, order_id, (bid - level) * TICK, 10 * LOT, GTX, LIMIT, False)
                order_id += 1
                hbt.submit_sell_order(asset_no, order_id, (ask + level) * TICK, 10 * LOT, GTX, LIMIT, False)
                requests += 2
    return requests


def run(datas, depth, case):
    hbt = build(datas, depth)
    start, cpu = time.perf_counter(), time.process_time()
    requests = idle(hbt) if case == "idle" else s1(hbt, len(datas))
    wall, used = time.perf_counter() - start, time.process_time() - cpu
    fills = sum(hbt.state_values(i).num_trades for i in range(len(datas)))
    hbt.close()
    return wall, used, requests, fills


def main(path, copies, case, depth, assets, rounds):
    small = repeated(path, 1)
    run([small[:20_000]], depth, case)
    data = repeated(path, copies)
    datas = [data] + [data.copy() for _ in range(assets - 1)]
    measured = [run(datas, depth, case) for _ in range(rounds)]
    walls = sorted(one[0] for one in measured)
    cpus = sorted(one[1] for one in measured)
    print(
        json.dumps(
            {
                "rows": len(data) * assets,
                "wallSeconds": walls[len(walls) // 2],
                "cpuSeconds": cpus[len(cpus) // 2],
                "requests": int(measured[0][2]),
                "fills": int(measured[0][3]),
                "peakMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    _, path, copies, case, depth, assets, rounds = sys.argv
    main(path, int(copies), case, depth, int(assets), int(rounds))
