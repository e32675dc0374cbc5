"""The people at both ends while things break: every command is written down before it is sent and
after it was answered, so that the ledger knows what was promised whatever became of the sites.

  client.py prepare FOLDER                 one organisation in Nepal that takes people in, once
  client.py work FOLDER LEDGER [loses]     commands until FOLDER/client.stop is there, then what was
                                           begun is ended; fails if something waits for ever; loses:
                                           a no may come of what a database has forgotten, ask anew
  client.py again FOLDER LEDGER SITE       asks again for all that the ledger calls stored at this site
  client.py stored LEDGER SITE             ids of the commands that this site calls stored
  client.py expect LEDGER SITE             lines "case type": the events that must have taken effect once
  client.py accepted LEDGER                referrals that the desk has accepted
  client.py stored_since LEDGER TIME       whether anything was stored after this time
  client.py gaps LEDGER MOMENTS            for each line "fell rose commits" of the file: how long nothing
                                           was answered; until another primary was there, until it
                                           could commit, and how long behind that we answered

FOLDER holds the sites' (in-sunauli, np-bhairahawa, or one of them): gateway.url, accounts.  The names
are invented.
A ledger has one JSON object a line: "asked" before a command leaves, "stored" or "refused" after.
"""
import http.client
import json
import os
import queue
import secrets
import sys
import threading
import time
import urllib.parse

SITES = {1: "in-sunauli", 2: "np-bhairahawa"}
STATIONS = {1: "SNL", 2: "BHW"}
HOME, DESK = "fault-home", "fault-desk"
HOUR = 3600 * 1000
ANSWER_S = 15  # the gateway itself gives up after 10
PATIENCE_S = 180  # from the stop on: then something waits for ever
PAUSE_S = 0.2  # before the same is asked again
# paths of the commands, and the events of reporting that each of them must have caused
EVENTS = {"arrival": 101, "identifications": 103, "rescues": 104}


class Refused(Exception):
    """An answer that stays what it is however often one asks."""


class Ended(Exception):
    """Patience is over."""


def new_id(site):
    return "%04x%012x%s" % (site, int(time.time() * 1000), secrets.token_hex(8))


class Gateway:
    """One account at one site's door; logs in when it must."""

    def __init__(self, folder, site, account):
        self.folder, self.site, self.account, self.token = os.path.join(folder, SITES[site]), site, account, None

    def exchange(self, method, path, body, headers):
        with open(os.path.join(self.folder, "gateway.url"), encoding="utf-8") as file:
            host = urllib.parse.urlparse(file.read().strip()).netloc
        connection = http.client.HTTPConnection(host, timeout=ANSWER_S)
        try:
            if body is not None:
                headers["Content-Type"] = "application/json"
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8")
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def password(self):
        with open(os.path.join(self.folder, "accounts"), encoding="utf-8") as file:
            return next(line.split()[1] for line in file if line.split()[0] == self.account)

    def ask_once(self, method, path, body, command=None):
        """Status and text; 0 when nothing was heard."""
        if self.token is None:
            status, text = self.exchange("POST", "/api/v1/session",
                                         {"user_name": self.account, "password": self.password()}, {})
            if status != 200:
                return 0, text
            self.token = json.loads(text)["token"]
        headers = {"Authorization": "Bearer " + self.token}
        if command:
            headers["Idempotency-Key"] = command
        status, text = self.exchange(method, path, body, headers)
        if status == 401:  # ended, or a clock is wrong somewhere
            self.token, status = None, 0
        return status, text


class Ledger:
    def __init__(self, path):
        self.file, self.lock = open(path, "a", encoding="utf-8"), threading.Lock()

    def write(self, **line):
        with self.lock:
            self.file.write(json.dumps(dict(at=round(time.time(), 3), **line)) + "\n")
            self.file.flush()


def entries(path):
    """Commands in the order of their answers: (asked, the answer's line)."""
    asked = {}
    with open(path, encoding="utf-8") as file:
        for line in map(json.loads, file):
            if "asked" in line:
                asked[line["asked"]] = line
            elif "stored" in line:
                yield asked[line["stored"]], line


class Work:
    def __init__(self, folder, ledger, loses=""):
        self.folder, self.ledger, self.loses = folder, Ledger(ledger), loses == "loses"
        self.people, self.problems, self.stopped_at = queue.Queue(), [], None
        self.stored = self.waited = 0

    def is_stopped(self):
        if self.stopped_at is None and os.path.exists(os.path.join(self.folder, "client.stop")):
            self.stopped_at = time.time()
        return self.stopped_at is not None

    def pause(self, what):
        if self.is_stopped() and time.time() > self.stopped_at + PATIENCE_S:
            raise Ended(what)
        time.sleep(PAUSE_S)

    def command(self, gateway, method, path, body):
        while True:
            try:
                return self.answered(gateway, method, path, body)
            except Refused as problem:
                if not self.loses:
                    raise
                self.pause(str(problem))

    def answered(self, gateway, method, path, body):
        """Asks with one id until it is answered for good."""
        command = new_id(gateway.site)
        self.ledger.write(asked=command, site=gateway.site, account=gateway.account, method=method,
                          path=path, body=body)
        began = time.time()
        while True:
            status, text = gateway.ask_once(method, path, body, command)
            if status == 200:
                self.ledger.write(stored=command)
                self.stored += 1
                self.waited = max(self.waited, time.time() - began)
                return
            if 400 <= status < 500 and status not in (408, 429):
                self.ledger.write(refused=command, status=status)
                raise Refused("%s %s: %d %s" % (method, path, status, text[:300]))
            self.pause("%s %s: %d" % (method, path, status))

    def cross(self, site):
        """One woman at a crossing: from the first talk to the route that was chosen."""
        volunteer = lead = Gateway(self.folder, site, "lead")
        case, person, now = new_id(site), new_id(site), int(time.time() * 1000)
        at = "/api/v1/cases/%s/" % case

        def tell(gateway, method, what, **body):
            self.command(gateway, method, at + what, dict(case_id=case, **body))

        tell(volunteer, "PUT", "arrival", station=STATIONS[site], engaged_ms=now - 5 * HOUR)
        tell(volunteer, "POST", "travellers", person_id=person, she_wishes=True, traveller={
            "sex": "female", "age_years": 30, "age_basis": "stated", "country": "NP", "district": "kaski",
            "identity": {"names": ["Fictiva " + secrets.token_hex(3)]}})
        tell(volunteer, "POST", "identifications", person_id=person, kind="potential_victim",
             status="possible_victim", decided_by="centre", decided_ms=now - 4 * HOUR)
        for purpose, recipient in (("consent_help", ""), ("consent_sharing", HOME)):
            tell(lead, "POST", "consents", person_id=person, purpose=purpose, recipient=recipient,
                 state="given", given_ms=now - 3 * HOUR, language="ne", manner="oral", giver="person_herself")
        tell(lead, "POST", "rescues", person_id=person, rescued_ms=now - 2 * HOUR, route="r1_hand_back",
             decided_by="border_force", reason="both_nepali_same_day", urgency="urgent", needs=["shelter"])
        self.people.put(person)

    def crossing(self, site):
        while not self.is_stopped():
            self.cross(site)
            time.sleep(0.2)

    def accept(self, desk, person):
        path = "/api/v1/referrals/" + person
        while True:
            status, text = desk.ask_once("GET", path, None)
            if status == 200 and json.loads(text)["row"]["state"] != "DELIVERED":
                return  # it was answered before
            if status == 200:
                self.command(desk, "POST", path + "/accept", None)
                return
            self.pause("the offer of %s at the desk: %d %s" % (person, status, text[:200]))

    def desk(self, crossings):
        desk = Gateway(self.folder, 2, DESK)
        while True:
            try:
                person = self.people.get(timeout=0.2)
            except queue.Empty:
                if not any(thread.is_alive() for thread in crossings):
                    return
                continue
            self.accept(desk, person)

    def run(self):
        def guarded(function, *words):
            try:
                function(*words)
            except (Refused, Ended) as problem:
                self.problems.append("%s: %s" % (type(problem).__name__, problem))

        here = [site for site in (1, 1, 2) if os.path.exists(os.path.join(self.folder, SITES[site]))]
        crossings = [threading.Thread(target=guarded, args=(self.crossing, site)) for site in here]
        desks = [threading.Thread(target=guarded, args=(self.desk, crossings)) for _ in here if 2 in here]
        for thread in crossings + desks:
            thread.start()
        for thread in crossings + desks:
            thread.join()
        print("%d commands stored, the slowest in %.1f s" % (self.stored, self.waited))
        print("\n".join(self.problems[:5]))
        return 1 if self.problems or self.stored == 0 else 0


def again(folder, ledger, site):
    """Same id, same body: what is there answers as it did, what was lost is done anew.  Each case in
    the order in which it was told, several cases at a time."""
    cases, until, lost = {}, time.time() + PATIENCE_S, []
    for asked, _ in entries(ledger):
        if asked["site"] == int(site):
            cases.setdefault(asked["path"].split("/")[4], []).append(asked)
    waiting = list(cases.values())

    def ask(gateways, asked):
        gateway = gateways.setdefault(asked["account"], Gateway(folder, asked["site"], asked["account"]))
        # a no is an answer too and stays: an offer is answered when it lies on the desk again
        is_there = not asked["path"].endswith("/accept")
        while True:
            if is_there:
                status, text = gateway.ask_once(asked["method"], asked["path"], asked["body"], asked["asked"])
            else:
                status, text = gateway.ask_once("GET", asked["path"][:-len("/accept")], None)
            if status == 200 and is_there:
                return True
            if status == 200:
                is_there = True
                continue
            if time.time() > until:
                lost.append("%s %s: %d %s" % (asked["method"], asked["path"], status, text[:300]))
                return False
            time.sleep(PAUSE_S)

    def tell():
        gateways = {}
        while waiting:
            try:
                case = waiting.pop(0)
            except IndexError:
                return
            if not all(ask(gateways, asked) for asked in case):
                return

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("%d cases were told again" % len(cases))
    print("\n".join(lost[:5]))
    return 1 if lost else 0


def gaps(ledger, moments):
    """Seconds without an answer, from the last before a primary fell to the first behind it."""
    stored = sorted(line["at"] for _, line in entries(ledger))
    found, rests = [], []
    with open(moments, encoding="utf-8") as file:
        for line in file:
            fell, rose, commits = map(float, line.split())
            before = max(at for at in stored if at < fell + 0.5)
            after = min(at for at in stored if at > fell + 0.5)
            found.append(after - before)
            rests.append(max(after - commits, 0))
            print("gap_%d_s: %.1f (another primary after %.1f, it commits after %.1f, first answer after %.1f)" %
                  (len(found), found[-1], rose - fell, commits - fell, after - fell))
    for name, times in (("gap", found), ("behind_the_first_commit", rests)):
        print("%s_median_s: %.1f" % (name, sorted(times)[len(times) // 2]))
        print("%s_max_s: %.1f" % (name, max(times)))
    return 0


def prepare(folder):
    """The organisation in Nepal, an account at its desk, and both sites know of it."""
    operator, account = Gateway(folder, 2, "operator"), Gateway(folder, 2, DESK)
    accounts = os.path.join(folder, SITES[2], "accounts")
    with open(accounts, "a", encoding="utf-8") as file:
        file.write("%s %s NGO_WORKER\n" % (DESK, secrets.token_hex(12)))
    asks = [
        ("POST", "/api/v1/accounts", {"user_name": DESK, "password": account.password(), "role": "ngo_worker"}),
        ("POST", "/api/v1/organisations", {"organisation": {
            "code": HOME, "name": "Invented Home", "country": "NP", "districts": [], "services": ["shelter"],
            "takes_women": True, "takes_girls": True, "free_places": 1000}}),
    ]
    for method, path, body in asks:
        status, text = operator.ask_once(method, path, body, new_id(2))
        if status != 200:
            print("%s %s: %d %s" % (method, path, status, text))
            return 1
    rows = json.loads(operator.ask_once("GET", "/api/v1/organisations", None)[1])
    rows = next(value for value in rows.values() if isinstance(value, list))
    home = next(row["organisation_id"] for row in rows if row["code"] == HOME)
    _, text = account.exchange("POST", "/api/v1/session",
                               {"user_name": DESK, "password": account.password()}, {})
    status, text = operator.ask_once("PUT", "/api/v1/members/" + json.loads(text)["user"],
                                     {"organisation_id": home}, new_id(2))
    lead = Gateway(folder, 1, "lead")
    for _ in range(100):
        if HOME in lead.ask_once("GET", "/api/v1/organisations", None)[1]:
            return 0 if status == 200 else 1
        time.sleep(PAUSE_S)
    print("the organisation is not known in India")
    return 1


def main(words):
    verb, rest = words[0], words[1:]
    if verb == "prepare":
        return prepare(*rest)
    if verb == "work":
        return Work(*rest).run()
    if verb == "again":
        return again(*rest)
    if verb == "gaps":
        return gaps(*rest)
    if verb == "stored_since":
        return 0 if any(line["at"] > float(rest[1]) for _, line in entries(rest[0])) else 1
    if verb == "stored":
        lines = [a["asked"] for a, _ in entries(rest[0]) if a["site"] == int(rest[1])]
    elif verb == "expect":
        lines = ["%s %d" % (a["path"].split("/")[4], EVENTS[a["path"].split("/")[-1]]) for a, _ in entries(rest[0])
                 if a["site"] == int(rest[1]) and a["path"].split("/")[-1] in EVENTS]
    elif verb == "accepted":
        lines = [a["path"].split("/")[4] for a, _ in entries(rest[0]) if a["path"].endswith("/accept")]
    else:
        raise SystemExit(__doc__)
    if lines:
        print("\n".join(sorted(lines)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
