#!/usr/bin/env python3
"""Runs the models: with all rules each scenario must hold, without a rule one must fail.

  tests/model/run.py [STATES]    states that one scenario may visit (25000); it says complete, or
                                 cut off.  WAYS=1 prints the shortest way to each failure
"""
import os
import sys
import time

import small
from stream import RULES, Model

LIMIT = int(sys.argv[1]) if len(sys.argv) > 1 else 25000
WAYS = os.environ.get('WAYS') == '1'

# budgets of what may go wrong; readers and flights: how many, and how many transactions each
SCENARIOS = {
    'contend': dict(events=2, take=1, readers=1),
    'contend2': dict(events=1, take=1),
    'fail': dict(events=2, fail=1, readers=1),
    'restore': dict(events=2, backup=1, restore=1, readers=1),
    'again': dict(events=3, backup=1, restore=2, readers=1),
    'stale': dict(events=2, take=1, backup=1, restore=1, readers=1),
    'two': dict(events=2),
    'retake': dict(events=2, retake=1, readers=1),
    'flights': dict(events=2, rfail=1, readers=1, flights=2),
    'reader': dict(events=2, rbackup=1, rrestore=1, drop=1, readers=1),
    'reader2': dict(events=2, rbackup=2, rrestore=1, drop=2, readers=1),
    'absent': dict(events=1, drop=1),
    'dead': dict(events=2, backup=1, restore=1, drop=1, readers=1),
    'both': dict(events=1, take=1, retake=1),
    'both2': dict(events=2, take=1, retake=1, fail=1),
}

# without this rule, in this scenario; more than one where they stand for each other
WITHOUT = [
    (['chain'], 'two'), (['session', 'chain'], 'restore'), (['session'], 'again'),
    (['match'], 'restore'), (['subhist'], 'stale'), (['ackmatch'], 'dead'),
    (['setack', 'ackfloor'], 'reader2'), (['ackfloor'], 'reader'), (['registered'], 'absent'),
    (['aftercommit'], 'fail'), (['snapshot'], 'two'), (['atomic'], 'two'),
    (['cas'], 'contend'), (['cas'], 'retake'), (['pipeline'], 'flights'),
    (['readfenced'], 'retake'), (['fresh'], 'again'), (['bump'], 'restore'),
    (['fencedback'], 'contend'), (['answered'], 'fail'),
]

SMALL = [
    ('letters', small.letters, {}, True),
    ('letters: the key is not parked', small.letters, dict(parks=False), False),
    ('letters: retried in any order', small.letters, dict(in_order=False), False),
    ('credit', small.credit, {}, True),
    ('credit: grants are added up', small.credit, dict(is_mark=False), False),
    ('credit: a great message waits', small.credit, dict(one_passes=False), False),
    ('killer', small.killer, {}, True),
    ('killer: not marked', small.killer, dict(marks=False), False),
    ('parting', small.parting, {}, True),
    ('parting: the first answer counts', small.parting, dict(asks_again=False), False),
    ('parting: of whatever question', small.parting, dict(only_this_session=False), False),
]

passed = failed = 0


def result(what, states, way, must_hold, began):
    global passed, failed
    holds = way == [] or way == 'cut off'
    said = 'complete' if way == [] else way if way == 'cut off' else way[-1][3:]
    good = holds == must_hold
    passed, failed = passed + good, failed + (not good)
    print(f'{"" if good else "FAILED: "}{what:44} {states:7} states {time.time() - began:5.1f} s  '
          f'{said}', flush=True)
    if WAYS and not holds:
        print(''.join(f'      {step}\n' for step in way), end='')


for name, budget in SCENARIOS.items():
    began = time.time()
    states, way = Model(budget=budget).explore(LIMIT)
    result(f'all rules, {name}', states, way, True, began)
seen = set()
for off, name in WITHOUT:
    began = time.time()
    seen.update(off)
    states, way = Model(off, SCENARIOS[name]).explore(20 * LIMIT)
    result(f'without {" and ".join(off)}, {name}', states, way, False, began)
for name, model, changes, must_hold in SMALL:
    began = time.time()
    states, way = model(**changes)
    result(name, states, way, must_hold, began)
began = time.time()
result('every rule was switched off once', len(seen), [] if seen == set(RULES) else
       ['=> never: ' + ' '.join(set(RULES) - seen)], True, began)
print(f'model: {passed} passed, {failed} failed')
sys.exit(failed > 0)
