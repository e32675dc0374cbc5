"""Four small models: the order of a key across dead letters, credit, events that kill, ways back."""
from collections import deque


def explore(start, steps, wrong, stuck):
    """As Model.explore; stuck(state) says what is wrong with a state that has no next."""
    came, ahead = {start: None}, deque([start])
    while ahead:
        state = ahead.popleft()
        after_all = [(name, after) for name, after in steps(state) if after != state]
        found = [(state, stuck(state))] if not after_all else []
        for name, after in after_all:
            if after not in came:
                came[after] = (state, name)
                ahead.append(after)
                found.append((after, wrong(after)))
        for place, why in found:
            if why:
                way = ['=> ' + why]
                while came[place] is not None:
                    place, name = came[place]
                    way.append(name)
                return len(came), way[::-1]
    return len(came), []


def letters(parks=True, in_order=True):
    """A1 A2 B1 A3 come; two failures at any time; letters are retried at any time."""
    coming = ('A1', 'A2', 'B1', 'A3')

    def steps(s):
        place, applied, letters_, failures = s
        if place < len(coming):
            it = coming[place]
            if parks and any(other[0] == it[0] for other in letters_):
                yield f'{it} is parked', (place + 1, applied, letters_ + (it,), failures)
            else:
                yield f'{it} is applied', (place + 1, applied + (it,), letters_, failures)
                if failures:
                    yield f'{it} fails', (place + 1, applied, letters_ + (it,), failures - 1)
        for i, it in enumerate(letters_):
            if in_order and any(other[0] == it[0] for other in letters_[:i]):
                continue
            yield f'{it} is retried', (place, applied + (it,),
                                       letters_[:i] + letters_[i + 1:], failures)

    def wrong(s):
        of_a = [it for it in s[1] if it[0] == 'A']
        return f'applied {s[1]}' if of_a != sorted(of_a) else None

    def stuck(s):
        return None if sorted(s[1]) == sorted(coming) else f'ended with {s[1]}'
    return explore((0, (), (), 2), steps, wrong, stuck)


def credit(is_mark=True, one_passes=True):
    """Sizes 1 1 3 1, window 2; a grant is lost twice, doubled once."""
    sizes, window = (1, 1, 3, 1), 2

    def steps(s):
        place, sent, allowed, got, net, losses, copies = s
        if place < len(sizes):
            size = sizes[place]
            if sent + size <= allowed or (one_passes and sent == got and sent <= allowed):
                yield f'{size} is sent', (place + 1, sent + size, allowed, got, net, losses, copies)
        if got < sent:
            grant = (sent, sent + window if is_mark else sent - got)
            yield f'received, grant {grant[1]}', (place, sent, allowed, sent, net | {grant},
                                                  losses, copies)
        for grant in net:
            now = max(allowed, grant[1]) if is_mark else allowed + grant[1]
            yield f'grant {grant[1]} arrives', (place, sent, now, got, net - {grant}, losses, copies)
            if losses:
                yield f'grant {grant[1]} is lost', (place, sent, allowed, got, net - {grant},
                                                    losses - 1, copies)
            if copies:
                yield f'a copy of grant {grant[1]} arrives', (place, sent, now, got, net, losses,
                                                              copies - 1)
        if is_mark and got == sent and allowed < got + window:
            yield 'the mark is said again', (place, sent, allowed, got, net | {(got, got + window)},
                                             losses, copies)

    def wrong(s):
        flying = s[1] - s[3]
        return f'{flying} on their way, window {window}' if flying > max(sizes) else None

    def stuck(s):
        return f'stuck before {sizes[s[0]]}' if s[0] < len(sizes) else None
    return explore((0, 0, window, 0, frozenset(), 2, 1), steps, wrong, stuck)


def killer(marks=True):
    """1 2 3 come, 2 kills whoever tries it; an owner that follows a death goes one by one."""
    coming, deaths_max, owners = (1, 2, 3), 2, 6

    def steps(s):
        place, careful, trial, letters_, lives = s
        if place == len(coming) or lives == 0:
            return
        it = coming[place]
        trial_event, deaths = trial
        if careful and marks and trial_event == it and deaths >= deaths_max:
            yield f'{it} is a dead letter', (place + 1, careful, trial, letters_ + (it,), lives)
            return
        if careful and marks:
            trial = (it, deaths + 1 if trial_event == it else 1)
        if it == 2:
            yield f'an owner dies of {it}', (place, True, trial, letters_, lives - 1)
        else:
            yield f'{it} is applied', (place + 1, careful, trial, letters_, lives)

    def wrong(s):
        return f'{s[3]} are dead letters' if any(it != 2 for it in s[3]) else None

    def stuck(s):
        return None if s[0] == len(coming) else f'{owners} owners died'
    return explore((0, False, (0, 0), (), owners), steps, wrong, stuck)


def parting(asks_again=True, only_this_session=True):
    """A list of 7 points, at most 4 are named; words come late and often; a restore at any time."""
    tip = 6

    def names(low, high):
        return sorted({low, (low + high) // 2, high, tip})

    def steps(s):
        known, restores, window, session, net, went = s
        if went is not None:
            return
        yield 'the reader asks', (known, restores, window, session,
                                  net | {('ask', session, *names(*window))}, None)
        for less in range(tip) if restores else ():
            yield f'a restore: {less} are known', (less, restores - 1, window, session, net, None)
        for kind, of, *said in net:
            if kind == 'ask':
                at = max([n for n in said if n < known], default=-1)
                yield f'{said}? {at}', (known, restores, window, session,
                                        net | {('back', of, at, known - 1)}, None)
            elif of == session or not only_this_session:
                at, truth = said
                behind = min(n for n in names(*window) if n > at)
                if behind == at + 1 or not asks_again:
                    yield f'goes back to {at}', (known, restores, window, session, net, (at, truth))
                else:
                    yield f'{at}: asks again', (known, restores, (max(at, 0), behind), session + 1,
                                                net, None)

    def wrong(s):
        return f'went back to {s[5][0]} instead of {s[5][1]}' if s[5] and s[5][0] != s[5][1] else None

    def stuck(s):
        return None if s[5] is not None else 'never went back'
    return explore((4, 1, (0, tip), 0, frozenset(), None), steps, wrong, stuck)
