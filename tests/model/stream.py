"""Every state of one stream: two instances of the publisher contend for it, two readers take it,
the second by two instances of its own; databases fail, are restored; rows are dropped.

Breadth first, so a counterexample is a shortest one.  The network is a set that only grows: what
was sent may arrive never, once, often, in any order, at any later moment, also after a restore.
A rule that is switched off must give a counterexample, with all of them there must be none.

  chain        a batch is applied only where the reader stands
  session      frames of an older session are thrown away
  match        positions are compared by epoch, not by number alone
  subhist      a reader sends its list, not only its last point
  ackmatch     an acknowledgement is checked against the history too
  setack       an acknowledgement may lower the mark
  ackfloor     rows go only when no backup of a reader can ask for them
  registered   a reader never heard of holds its rows
  aftercommit  rows leave only when their commit is known
  snapshot     a batch ends with the last row that was read
  atomic       position and effects are one transaction
  cas          a transaction moves the fence from the epoch and step that it expects
  pipeline     ... from the step, too: what was sent behind a failure fails
  readfenced   an owner reads behind the fence, not before
  fresh        epochs are random, not counted in the database
  bump         every takeover starts an epoch
  fencedback   "go back" is said only by who is still the owner
  answered     a command is answered when its commit is known
"""
from collections import deque, namedtuple

RULES = ('chain session match subhist ackmatch setack ackfloor registered aftercommit snapshot '
         'atomic cas pipeline readfenced fresh bump fencedback answered').split()
READERS = 2

# base: what the publisher's database holds.  rows: ((number, event), ...), full: the same, never
# dropped; history: ((epoch, first number), ...); marks: what each reader has said, None: nothing
Base = namedtuple('Base', 'rows full history dropped fence step marks sequence')
# owner: an instance that believes to own the stream.  sent: ((event, step, state, number), ...)
# where state is 'sent', 'done' or 'failed': executed, its answer not yet read
Owner = namedtuple('Owner', 'epoch step history head sent')
# store: what a reader's database holds.  points: ((epoch, last number), ...)
# effects: ((number, event), ...), listed: those of dead branches, handed back
Store = namedtuple('Store', 'points effects listed fence step')
# taker: an instance of a reader.  points: where it stands with what it has sent
Taker = namedtuple('Taker', 'epoch step points session sent')
State = namedtuple('State', 'base owners stores takers net backup stored events ids answered '
                            'committed lost budget')


def last(points):
    return points[-1] if points else (0, 0)


def move(points, point):
    if points and points[-1][0] == point[0]:
        return points[:-1] + (point,)
    return points + (point,)


def cut(points, point):
    if point[1] == 0:
        return ()
    kept = []
    for p in points:
        if p[0] == point[0]:
            return tuple(kept) + (point,)
        kept.append(p)
    return tuple(kept)


def replaced(items, place, item):
    return items[:place] + (item,) + items[place + 1:]


def epoch_end(history, head, place):
    return min(head, history[place + 1][1] - 1) if place + 1 < len(history) else head


def epoch_of(history, number):
    found = 0
    for epoch, first in history:
        if first <= number:
            found = epoch
    return found if number else 0


def common(history, head, points):
    """The last point that both lists know."""
    for epoch, number in reversed(points):
        for place in range(len(history) - 1, -1, -1):
            if history[place][0] == epoch:
                number = min(number, epoch_end(history, head, place))
                if number >= history[place][1]:
                    return (epoch, number)
    return (0, 0)


class Model:
    def __init__(self, off=(), budget=None):
        self.on = {rule: rule not in off for rule in RULES}
        self.budget = dict(budget)
        self.takers = 2 if self.budget.get('retake') else 1
        self.readers = self.budget.pop('readers', READERS)
        self.flights = self.budget.pop('flights', 1)

    def first(self):
        base = Base((), (), ((1, 1),), 0, 1, 0, (None,) * self.readers, 0)
        owners = (Owner(1, 0, ((1, 1),), 0, ()), None)
        store = Store((), (), (), 1, 0)
        takers = tuple((Taker(1, 0, (), 1 + r, ()),) + (None,) * (self.takers - 1)
                       for r in range(self.readers))
        return State(base, owners, (store,) * self.readers, takers, frozenset(), None,
                     (None,) * self.readers, 0, 10, frozenset(), frozenset(), frozenset(),
                     tuple(sorted(self.budget.items())))

    # --- what may happen next ---------------------------------------------------------------
    def steps(self, s):
        yield from self.publish(s)
        yield from self.take(s)
        yield from self.say(s)
        yield from self.restore(s)
        for r in range(self.readers):
            for t in range(self.takers):
                if s.takers[r][t] is not None:
                    yield from self.read(s, r, t)
            yield from self.mend_reader(s, r)

    def spend(self, s, what):
        left = dict(s.budget)
        if left.get(what, 0) == 0:
            return None
        left[what] -= 1
        return tuple(sorted(left.items()))

    def publish(self, s):
        for i, owner in enumerate(s.owners):
            if owner is None:
                continue
            budget = self.spend(s, 'events')
            if budget is not None and len(owner.sent) < 2:
                event = s.events + 1
                number = s.base.sequence + 1 if not self.on['cas'] else 0
                answered = s.answered | {event} if not self.on['answered'] else s.answered
                yield (f'owner {i} sends event {event}', s._replace(
                    events=event, budget=budget, answered=answered,
                    base=s.base._replace(sequence=number or s.base.sequence),
                    owners=replaced(s.owners, i, owner._replace(
                        step=owner.step + 1,
                        sent=owner.sent + ((event, owner.step, 'sent', number),)))))
            yield from self.execute(s, i, owner)
            if owner.sent and owner.sent[0][2] != 'sent':
                yield from self.hear(s, i, owner)

    def execute(self, s, i, owner):
        places = [p for p, tx in enumerate(owner.sent) if tx[2] == 'sent']
        for place in places if not self.on['cas'] else places[:1]:
            event, step, _, number = owner.sent[place]
            base = s.base
            good = base.fence == owner.epoch and (step == base.step or not self.on['pipeline'])
            if good or not self.on['cas']:
                number = number or (base.full[-1][0] if base.full else 0) + 1
                rows = tuple(sorted(base.rows + ((number, event),)))
                full = tuple(sorted(base.full + ((number, event),)))
                yield (f'owner {i}: event {event} commits as {number}', s._replace(
                    committed=s.committed | {event},
                    base=base._replace(rows=rows, full=full, step=base.step + 1),
                    owners=replaced(s.owners, i, owner._replace(sent=replaced(
                        owner.sent, place, (event, step, 'done', number))))))
            budget = s.budget if not good else self.spend(s, 'fail')
            if budget is not None and (self.on['cas'] or good):
                yield (f'owner {i}: event {event} fails', s._replace(
                    budget=budget,
                    owners=replaced(s.owners, i, owner._replace(sent=replaced(
                        owner.sent, place, (event, step, 'failed', number))))))

    def hear(self, s, i, owner):
        event, _, what, number = owner.sent[0]
        if what == 'failed':  # forget; whoever is asked takes it anew
            yield (f'owner {i} hears that event {event} failed',
                   s._replace(owners=replaced(s.owners, i, None)))
            return
        yield (f'owner {i} answers event {event}', s._replace(
            answered=s.answered | {event},
            owners=replaced(s.owners, i, owner._replace(
                head=max(owner.head, number), sent=owner.sent[1:]))))

    def new_owner(self, s, base):
        head = base.full[-1][0] if base.full else 0
        epoch = s.ids if self.on['fresh'] else max(e for e, _ in base.history) + 1
        history = base.history
        if self.on['bump']:
            history = tuple(p for p in history if p[1] != head + 1) + ((epoch, head + 1),)
        return (base._replace(fence=epoch, step=0, history=history),
                Owner(epoch, 0, history, head, ()))

    def take(self, s):
        """Another instance; the one before goes on, not knowing."""
        for i, owner in enumerate(s.owners):
            budget = s.budget if all(o is None for o in s.owners) else self.spend(s, 'take')
            if owner is not None or budget is None:
                continue
            base, new = self.new_owner(s, s.base)
            yield (f'owner {i} takes over, history {base.history}', s._replace(
                base=base, owners=replaced(s.owners, i, new), ids=s.ids + 1, budget=budget))

    def send(self, s, words, name):
        for word in words:
            if word not in s.net:
                yield (name + f' {word[2:]}', s._replace(net=s.net | {word}))

    def say(self, s):
        for i, owner in enumerate(s.owners):
            if owner is None:
                continue
            for word in s.net:
                if word[0] == 'ask':
                    yield from self.serve(s, i, owner, word)
                if word[0] == 'ack':
                    yield from self.note(s, i, owner, word[1], word[3])

    def resume(self, history, head, points):
        if self.on['match']:
            return common(history, head, points)
        number = min(last(points)[1], head)
        return (epoch_of(history, number), number)

    def serve(self, s, i, owner, word):
        _, r, session, points = word
        at = self.resume(owner.history, owner.head, points)
        if at != last(points) and self.on['match']:
            if s.base.fence == owner.epoch or not self.on['fencedback']:
                yield from self.send(s, [('back', r, session, at)], f'owner {i} sends back')
            return
        starts = {at} | {d[4] for d in s.net if d[0] == 'batch' and d[1:3] == (r, session)
                         and self.resume(owner.history, owner.head, (d[4],)) == d[4]}
        for start in starts:
            if start[1] >= s.base.dropped:
                yield from self.send(s, self.batches(s, owner, r, session, start),
                                     f'owner {i} sends a batch')

    def batches(self, s, owner, r, session, start):
        head = owner.head
        if not self.on['aftercommit']:
            head += sum(1 for tx in owner.sent if tx[2] != 'failed')
        number = start[1] + 1
        epoch = epoch_of(owner.history, number)
        end = head
        for e, first in owner.history:
            if first > number:
                end = min(end, first - 1)
        have = dict(s.base.rows)
        if not self.on['aftercommit']:
            for extra, tx in enumerate(tx for tx in owner.sent if tx[2] == 'sent'):
                have.setdefault(owner.head + 1 + extra, tx[0])
        for through in {number, end}:
            if number > through or through > end:
                continue
            rows = tuple((n, have[n]) for n in range(number, through + 1) if n in have)
            if len(rows) < through - number + 1 and self.on['cas']:
                continue
            yield ('batch', r, session, start, (epoch, through), rows)
            if not self.on['snapshot']:
                yield ('batch', r, session, start, (epoch, through), rows[:-1])

    def note(self, s, i, owner, r, points):
        """A reader's word: how far it has applied."""
        number = last(points)[1]
        if s.base.fence != owner.epoch:
            return
        if self.on['ackmatch'] and common(owner.history, owner.head, points) != last(points):
            return
        if not self.on['setack'] and s.base.marks[r] is not None:
            number = max(number, s.base.marks[r])
        if number != s.base.marks[r]:
            yield (f'owner {i} notes {number} of reader {r}', s._replace(
                base=s.base._replace(marks=replaced(s.base.marks, r, number))))

    def restore(self, s):
        base = s.base
        known = [m if m is not None else 0 for m in base.marks
                 if m is not None or self.on['registered']]
        limit = min(known) if known else (base.full[-1][0] if base.full else 0)
        budget = self.spend(s, 'drop')
        if budget is not None and limit > base.dropped:
            yield (f'rows up to {limit} are dropped', s._replace(budget=budget, base=base._replace(
                rows=tuple(row for row in base.rows if row[0] > limit), dropped=limit)))
        budget = self.spend(s, 'backup')
        if budget is not None:
            yield ('the publisher is backed up', s._replace(budget=budget, backup=base))
        budget = self.spend(s, 'restore')
        if budget is not None and s.backup is not None:
            base, new = self.new_owner(s, s.backup)
            gone = {e for _, e in s.base.full} - {e for _, e in base.full}
            yield (f'the publisher is restored, history {base.history}', s._replace(
                budget=budget, base=base, owners=(new, None), ids=s.ids + 1, lost=s.lost | gone))

    # --- readers ----------------------------------------------------------------------------
    def put(self, s, r, t, taker, **more):
        return s._replace(takers=replaced(s.takers, r, replaced(s.takers[r], t, taker)), **more)

    def read(self, s, r, t):
        store, taker = s.stores[r], s.takers[r][t]
        if not taker.sent:
            points = taker.points if self.on['subhist'] else taker.points[-1:]
            yield from self.send(s, [('ask', r, taker.session, points)], f'reader {r}.{t} asks')
            safe = self.safe(s, r, store)
            if safe:
                yield from self.send(s, [('ack', r, taker.session, safe)],
                                     f'reader {r}.{t} acknowledges')
        for word in s.net:
            if word[0] == 'batch' and word[1] == r and len(taker.sent) < self.flights:
                yield from self.accept(s, r, t, taker, word)
            if word[0] == 'back' and word[1] == r and not taker.sent:
                yield from self.go_back(s, r, t, store, taker, word)
        if taker.sent:
            yield from self.commit(s, r, t, store, taker)

    def safe(self, s, r, store):
        """What may be acknowledged: what no backup lacks, or, without the rule, all."""
        if not self.on['ackfloor'] or dict(s.budget).get('rrestore', 0) == 0:
            return store.points
        return s.stored[r].points if s.stored[r] is not None else ()

    def accept(self, s, r, t, taker, word):
        _, _, session, prior, end, rows = word
        at = last(taker.points)
        if self.on['session'] and session != taker.session:
            return
        if self.on['chain'] and (prior[1] != at[1] or (self.on['match'] and prior != at)):
            return
        if end[1] <= at[1]:
            return
        rows = tuple(row for row in rows if row[0] > at[1])
        tx = (end, rows, taker.step, 'sent')
        yield (f'reader {r}.{t} takes {rows}', self.put(s, r, t, taker._replace(
            points=move(taker.points, end), step=taker.step + 1, sent=taker.sent + (tx,))))

    def commit(self, s, r, t, store, taker):
        end, rows, step, what = taker.sent[0]
        good = store.fence == taker.epoch and (step == store.step or not self.on['pipeline'])
        if (good or not self.on['cas']):
            after = store._replace(effects=store.effects + rows, points=move(store.points, end),
                                   step=store.step + 1)
            yield (f'reader {r}.{t} commits {rows}', self.put(
                s, r, t, taker._replace(sent=taker.sent[1:]), stores=replaced(s.stores, r, after)))
            if not self.on['atomic']:
                yield (f'reader {r}.{t} dies between effects and position', self.put(
                    s, r, t, Taker(taker.epoch, store.step + 1, store.points, s.ids, ()),
                    ids=s.ids + 1, stores=replaced(s.stores, r, store._replace(
                        effects=store.effects + rows, step=store.step + 1))))
        budget = s.budget if not good else self.spend(s, 'rfail')
        if budget is None or not (self.on['cas'] or good):
            return
        if not self.on['pipeline'] and len(taker.sent) > 1:  # what is behind goes on
            yield (f'reader {r}.{t} fails {rows}', self.put(
                s, r, t, taker._replace(sent=taker.sent[1:]), budget=budget))
            return
        if good or self.takers == 1:  # forget, read back, a new session
            yield (f'reader {r}.{t} fails {rows}, reads back', self.put(
                s, r, t, Taker(taker.epoch, store.step, store.points, s.ids, ()),
                ids=s.ids + 1, budget=budget))
        else:
            yield (f'reader {r}.{t} hears that it was replaced', self.put(s, r, t, None))

    def go_back(self, s, r, t, store, taker, word):
        _, _, session, at = word
        if self.on['session'] and session != taker.session:
            return
        if store.fence != taker.epoch or at[1] >= last(store.points)[1]:
            return
        if at[1] > 0 and at[0] not in [e for e, _ in store.points]:
            return
        points = cut(store.points, at)
        effects = tuple(row for row in store.effects if row[0] <= at[1])
        listed = store.listed + store.effects[len(effects):]
        yield (f'reader {r}.{t} goes back to {at}', self.put(
            s, r, t, Taker(taker.epoch, store.step + 1, points, s.ids, ()), ids=s.ids + 1,
            stores=replaced(s.stores, r, store._replace(
                points=points, effects=effects, listed=listed, step=store.step + 1))))

    def mend_reader(self, s, r):
        store = s.stores[r]
        for t in range(self.takers):
            budget = self.spend(s, 'retake')
            if budget is None or s.takers[r][t] is not None or r != self.readers - 1:
                continue
            epoch = s.ids
            reads = [store.points]
            if not self.on['readfenced']:
                reads = [store.points[:n] for n in range(len(store.points) + 1)]
                reads += [cut(store.points, (e, n - 1)) for e, n in store.points if n > 1]
            for points in reads:
                yield (f'reader {r}.{t} takes over at {last(points)}', self.put(
                    s, r, t, Taker(epoch, 0, points, epoch, ()), ids=s.ids + 1, budget=budget,
                    stores=replaced(s.stores, r, store._replace(fence=epoch, step=0))))
        budget = self.spend(s, 'rbackup')
        if budget is not None and r == 0:
            yield (f'reader {r} is backed up', s._replace(
                budget=budget, stored=replaced(s.stored, r, store)))
        budget = self.spend(s, 'rrestore')
        if budget is not None and s.stored[r] is not None:
            back = s.stored[r]._replace(fence=s.ids, step=0)
            yield (f'reader {r} is restored to {last(back.points)}', s._replace(
                budget=budget, ids=s.ids + 1, stores=replaced(s.stores, r, back),
                takers=replaced(s.takers, r, (Taker(s.ids, 0, back.points, s.ids, ()),)
                                + (None,) * (self.takers - 1))))

    # --- what must hold in every state ------------------------------------------------------
    def wrong(self, s):
        there = {e for _, e in s.base.full}
        for event in s.answered - there - s.lost:
            if event in s.committed or not self.on['answered']:
                if not self.pending(s, event):
                    return f'event {event} was answered and is not there'
        for r, store in enumerate(s.stores):
            found = self.wrong_reader(s, store)
            if found:
                return f'reader {r}: {found}'
        return None

    def pending(self, s, event):
        return any(o is not None and any(tx[0] == event and tx[2] != 'failed' for tx in o.sent)
                   for o in s.owners)

    def wrong_reader(self, s, store):
        events = [e for _, e in store.effects + store.listed]
        if len(set(events)) < len(events):
            return f'an event took effect twice: {events}'
        numbers = [n for n, _ in store.effects]
        if numbers != sorted(numbers):
            return f'out of order: {store.effects}'
        for event in events:
            if event not in s.committed:
                return f'event {event} took effect and was never committed'
        head = s.base.full[-1][0] if s.base.full else 0
        at = self.resume(s.base.history, head, store.points if self.on['subhist']
                         else store.points[-1:])
        if at[1] < s.base.dropped:
            return f'asks behind {at}, rows up to {s.base.dropped} are gone'
        return self.heal(s, store, at, head)

    def heal(self, s, store, at, head):
        """All is well from now on: does everything arrive, once, in order?"""
        effects = tuple(row for row in store.effects if row[0] <= at[1])
        effects += tuple(row for row in s.base.full if row[0] > at[1])
        if effects != s.base.full:
            return f'ends with {effects} of {s.base.full}'
        return None

    # --- the search -------------------------------------------------------------------------
    def explore(self, limit):
        """Returns how many states, and a shortest way to a wrong one, [] or 'cut off'."""
        start = self.first()
        came, ahead = {start: None}, deque([start])
        while ahead:
            state = ahead.popleft()
            for name, after in self.steps(state):
                if after in came:
                    continue
                came[after] = (state, name)
                found = self.wrong(after)
                if found:
                    way = ['=> ' + found]
                    while came[after] is not None:
                        after, name = came[after]
                        way.append(name)
                    return len(came), way[::-1]
                ahead.append(after)
            if len(came) >= limit:
                return len(came), 'cut off'
        return len(came), []
