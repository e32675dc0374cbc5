"""Asks every route of a running site for what it must refuse, and looks that nothing has changed.

  python3 refusals.py URL ACCOUNTS_FILE LIFEGUARD PSQL...

The journey of fixtures.py is walked once.  Before each request that is good, the same request is sent
with one thing wrong: token, role, method, id, argument, header, body, every field of it.  Each must be
refused in the right status by a problem document that says what to do, and name the field; then the
tables of the service must be as before (PSQL... is a command that opens its database); then the good
request must be done, which shows that nothing but the fault was refused.
"""
import copy
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time

import fixtures
from fixtures import DESK, HOUR, NOW, new_id

REFUSALS = {400, 401, 403, 404, 405, 409, 412, 413, 415, 422}
YEAR = 365 * 24 * HOUR
# texts that may be anything that is not too long
FREE = {"name", "names", "phones", "address", "relation", "proof", "password", "cursor", "after", "language"}
# times that lie ahead by their meaning
AHEAD = {"callback_ms", "call_back_ms", "before_ms"}
# the thing is made by the request itself
MAKES = {("PUT", "/api/v1/cases/{id}/arrival"), ("PUT", "/api/v1/cases/{id}/interception"),
         ("PUT", "/api/v1/missing/{id}"), ("PUT", "/api/v1/subscriptions/{id}"),
         ("PUT", "/api/v1/members/{id}")}
# every role may
FOR_ALL = {("GET", "/api/v1/organisations"), ("GET", "/api/v1/services")}
# answered by the gateway itself
HERE = {("GET", "/api/v1/health"), ("GET", "/api/v1/services"), ("GET", "/api/v1/inbox/referrals"),
        ("GET", "/api/v1/inbox/matches")}
STRANGER = {"/api/v1/services/{service}" + below: "volunteer" for below in ("", "/states", "/audit", "/dead-letters", "/lost",
                                                                            "/streams/{partition}")}
# by the service that owns the route; the gateway owns nothing
OWNERS = (("/api/v1/accounts", "access"), ("/api/v1/session", "access"), ("/api/v1/cases/{id}/trace", "reporting"),
          ("/api/v1/cases/{id}/notices", "notification"), ("/api/v1/cases", "intake"),
          ("/api/v1/informed", "intake"), ("/api/v1/missing", "intake"), ("/api/v1/match", "matching"),
          ("/api/v1/inbox/matches", "matching"), ("/api/v1/inbox/referrals", "referral"),
          ("/api/v1/referrals", "referral"), ("/api/v1/organisations", "referral"),
          ("/api/v1/members", "referral"), ("/api/v1/reports", "reporting"),
          ("/api/v1/subscriptions", "notification"), ("/api/v1/notices", "notification"),
          ("/api/v1/services/{service}", "reporting"))
# what a refusal may leave behind, and what moves by itself
RESTLESS = ("answer", "audit", "partition", "member", "position", "reader", "stream_epoch", "home", "session")


UNKNOWN = new_id()
HOME_CODE = fixtures.HOME


class Tables:
    """One psql that stays open; a digest of everything that a service keeps."""

    def __init__(self, command):
        self.psql = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        rows = self.ask("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('access', 'intake',"
                        " 'matching', 'referral', 'notification', 'reporting') ORDER BY 1, 2;")
        self.of = {}
        for row in rows:
            schema, table = row.split("|")
            if table not in RESTLESS and not table.startswith("schema_"):
                self.of.setdefault(schema, []).append(table)

    def ask(self, sql):
        self.psql.stdin.write(sql + "\n\\echo ==end==\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line.strip() == "==end==":
                return lines
            lines.append(line.rstrip("\n"))
        raise SystemExit("psql has ended")

    def look(self, service):
        parts = ["SELECT '%s', count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM %s.%s t"
                 % (table, service, table) for table in self.of[service]]
        return self.ask(" UNION ALL ".join(parts) + " ORDER BY 1;")

    def rest(self, service):
        """What it keeps, once nothing is under way any more."""
        end, before = time.time() + 5, self.look(service)
        while time.time() < end:
            time.sleep(0.05)
            now = self.look(service)
            if now == before:
                return now
            before = now
        return before

    def close(self):
        self.psql.stdin.close()
        self.psql.wait()


class Case:
    """One request that must be refused."""

    def __init__(self, what, statuses, pointer=None, **change):
        self.what, self.statuses, self.pointer, self.change = what, statuses, pointer, change


class Base:
    """The good request."""

    def __init__(self, method, route, path, account, body):
        self.method, self.route, self.path, self.account, self.body = method, route, path, account, body
        self.key = (method, route)
        self.is_open = account is None and route in ("/api/v1/health", "/api/v1/session")
        self.is_search = route.endswith("/search") or route == "/api/v1/session"


def places(node, path=()):
    """Every place in a document, the deeper ones behind."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield path + (name,), value
            yield from places(value, path + (name,))
    elif isinstance(node, list):
        for index, value in enumerate(node[:1]):
            yield path + (index,), value
            yield from places(value, path + (index,))


def with_value(body, path, value):
    changed = copy.deepcopy(body)
    node = changed
    for part in path[:-1]:
        node = node[part]
    if value is KeyError:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return changed


def pointer_of(path):
    return "".join("/%s" % part for part in path)


def name_of(path):
    return next(part for part in reversed(path) if isinstance(part, str))


# --- what can be wrong ------------------------------------------------------------------------------


def at_the_door(base):
    if not base.is_open:
        yield Case("no token", {401}, authorization=None)
        yield Case("a token that is none", {401}, authorization="Bearer 00ff")
        yield Case("another scheme", {401}, authorization="Basic dXNlcjp4")
        if base.key not in FOR_ALL:
            yield Case("another role", {403}, account=STRANGER.get(base.route, "auditor"))
    for method in ("DELETE", "PATCH"):
        yield Case(method, {405}, method=method)
    yield Case("an argument that is not its own", {400}, path=base.path.split("?")[0] + "?nothing=1")
    yield Case("two arguments", {400}, path=base.path.split("?")[0] + "?identity=1&identity=1")
    if base.key not in HERE:
        yield Case("an Idempotency-Key that is none", {400}, headers={"Idempotency-Key": "one"})
    yield Case("a path below it", {400, 404, 405}, path=base.path.split("?")[0] + "/nothing")


def of_the_path(base):
    parts, said = base.route.split("/"), base.path.split("?")[0].split("/")
    query = "?" + base.path.split("?")[1] if "?" in base.path else ""

    def instead(name, text):
        return "/".join(text if part == name else said[i] for i, part in enumerate(parts)) + query

    if "{id}" in parts:
        yield Case("an id of 31 digits", {400}, path=instead("{id}", "0" * 31))
        yield Case("an id that is none", {400}, path=instead("{id}", "x" * 32))
        if base.key not in MAKES and "/notices/" not in base.route:
            unknown = new_id()
            known = said[parts.index("{id}")]
            body = json.loads(json.dumps(base.body).replace(known, unknown)) if base.body is not None else None
            yield Case("an unknown id", {404}, path=instead("{id}", unknown), body=body)
        if base.body is not None:
            for name in ("case_id", "report_id", "subscription_id"):
                if name in base.body:
                    yield Case("another id in the body", {400, 422}, body={**base.body, name: new_id()})
    if "{partition}" in parts:
        for text in ("16", "-1", "x"):
            yield Case("partition " + text, {400}, path=instead("{partition}", text))
    if "{letter}" in parts:
        for text in ("x", "-1"):
            yield Case("letter " + text, {400}, path=instead("{letter}", text))
    if "{service}" in parts:
        yield Case("no such service", {404}, path=instead("{service}", "nothing"))
        yield Case("a service that takes no such thing", {404}, path=instead("{service}", "bus"))
    for name, values in (("identity", ("2", "yes", "")), ("by", ("nothing", "station,station", "Station", "station," * 40)),
                         ("limit", ("x", "-1", "99999999999")), ("case", ("x", "0" * 31))):
        if "?%s=" % name in base.path:
            for value in values:
                yield Case("?%s=%s" % (name, value), {400, 422},
                           path=base.path.split("?")[0] + "?%s=%s" % (name, value))


def of_the_version(base):
    if base.method == "GET" or base.is_search or base.is_open:
        return
    yield Case("If-Match of another version", {412}, headers={"If-Match": '"999999"'})
    yield Case("If-Match of many others", {412}, headers={"If-Match": '"999999.ab", W/"1", "x"'})
    yield Case("If-Match that is none", {400, 412}, headers={"If-Match": "1"})
    yield Case("If-Match that is too long", {400}, headers={"If-Match": '"' + "9" * 600 + '"'})


def of_the_body(base):
    if base.body is None:
        if base.method != "GET":
            yield Case("a body that is not wanted", {400}, raw=b"{}")
        return
    good = json.dumps(base.body).encode()
    deep = b'{"a":' * 200 + b"1" + b"}" * 200
    yield Case("no body", {400}, raw=b"")
    yield Case("not JSON by its type", {415}, raw=good, kind="text/plain")
    yield Case("no type", {415}, raw=good, kind=None)
    for what, raw in (("half a document", good[:-1]), ("two documents", good + good), ("a list", b"[]"),
                      ("a text", b'"x"'), ("null", b"null"), ("not UTF-8", b'{"a":"\xff\xfe"}'),
                      ("a NUL", b'{"a":"\\u0000"}'), ("half a pair", b'{"a":"\\ud800"}'), ("deep", deep),
                      ("deep lists", b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}"),
                      ("much", b'{"a":[' + b"1," * 20000 + b"1]}")):
        yield Case(what, {400}, raw=raw)
    yield Case("300 KiB", {413}, raw=b'{"a":"' + b"x" * 300 * 1024 + b'"}')
    yield Case("10 MB", {413}, raw=b'{"a":"' + b"x" * 10_000_000 + b'"}')
    yield Case("an unknown field", {400}, "/nothing", body={**base.body, "nothing": 1})
    if base.body:
        name = next(iter(base.body))
        twice = b'{"%s":%s,' % (name.encode(), json.dumps(base.body[name]).encode()) + good[1:]
        yield Case("a field twice", {400}, raw=twice)


def of_the_fields(base, required):
    for path, value in places(base.body or {}):
        where, name = pointer_of(path), name_of(path)
        wrong = 7 if isinstance(value, (str, bool, list, dict)) else "x"
        yield Case("%s of another type" % where, {400}, where, body=with_value(base.body, path, wrong))
        yield Case("%s null" % where, {400}, where, body=with_value(base.body, path, None))
        if isinstance(value, dict):
            yield Case("%s with an unknown field" % where, {400}, where + "/nothing",
                       body=with_value(base.body, path, {**value, "nothing": 1}))
        if isinstance(value, list) and value:
            yield Case("%s of 2000" % where, {400, 422}, body=with_value(base.body, path, value * 2000))
        if isinstance(value, str):
            yield Case("%s of 20000 bytes" % where, {400, 401, 413, 422},
                       body=with_value(base.body, path, "x" * 20000))
            if name not in FREE:
                yield Case("%s unknown" % where, {400, 401, 403, 404, 409, 422},
                           body=with_value(base.body, path, "no such word"))
        if isinstance(value, int) and not isinstance(value, bool):
            yield Case("%s = 1.5" % where, {400}, where, body=with_value(base.body, path, 1.5))
            for number in (2 ** 63, -(2 ** 63) - 1):
                yield Case("%s = %s" % (where, number), {400}, body=with_value(base.body, path, number))
            yield Case("%s = -1" % where, {400, 409, 422}, body=with_value(base.body, path, -1))
            if name.endswith("_ms") and name not in AHEAD:
                yield Case("%s in the future" % where, {400, 422}, body=with_value(base.body, path, NOW + YEAR))
            if not name.endswith("_ms"):
                yield Case("%s = 4000000000" % where, {400, 409, 422},
                           body=with_value(base.body, path, 4_000_000_000))
    for path in required:
        yield Case("%s missing" % pointer_of(path), {400, 401, 422}, body=with_value(base.body, path, KeyError))


# --- the walk ----------------------------------------------------------------------------------------


class Refusing(fixtures.Walk):
    def __init__(self, site, api, tables):
        super().__init__(site, api, False)
        self.tables, self.count, self.seen, self.decided = tables, 0, set(), []
        self.connection = None

    def required(self, base):
        """Places of the body that openapi.yaml says are required and the good request has."""
        item = self.api.document["paths"][base.route][base.method.lower()]
        content = item.get("requestBody", {}).get("content", {}).get("application/json", {})
        found = []

        def look(schema, node, path):
            schema = self.api.resolve(schema)
            if not isinstance(node, dict):
                return
            for name in schema.get("required", ()):
                if name in node:
                    found.append(path + (name,))
            for name, inner in schema.get("properties", {}).items():
                if name in node:
                    look(inner, node[name], path + (name,))

        look(content.get("schema", {}), base.body, ())
        return found

    def send(self, base, case):
        change = case.change
        headers = dict(change.get("headers", {}))
        account = change.get("account", base.account)
        if "authorization" in change:
            if change["authorization"]:
                headers["Authorization"] = change["authorization"]
        elif account:
            headers["Authorization"] = "Bearer " + self.site.token(account)
        raw = change.get("raw")
        if raw is None and change.get("body", base.body) is not None:
            raw = json.dumps(change.get("body", base.body)).encode()
        kind = change.get("kind", "application/json")
        if raw is not None and kind:
            headers["Content-Type"] = kind
        for _ in range(2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.site.host, timeout=fixtures.PATIENCE_S)
            try:
                return self.exchange(change.get("method", base.method), change.get("path", base.path), raw, headers)
            except (OSError, http.client.HTTPException):
                self.connection.close()
                self.connection = None
        return 0, "", "the connection broke", {}

    def exchange(self, method, path, raw, headers):
        connection = self.connection
        try:
            connection.request(method, path, raw, headers)
        except ConnectionError:
            if connection.sock is None:
                raise
            # a body that is too large is refused before it has come
            connection._HTTPConnection__state = http.client._CS_REQ_SENT
        answer = connection.getresponse()
        is_stream = answer.getheader("Content-Type") == "text/event-stream" # without an end
        text = b"" if is_stream else answer.read(65536)
        if is_stream or answer.will_close or (raw and len(raw) > 200000):
            connection.close()
            self.connection = None
        kind = (answer.getheader("Content-Type") or "").split(";")[0]
        return answer.status, kind, text.decode("utf-8", "replace"), dict(answer.getheaders())

    def judge(self, case, status, kind, text, headers):
        if status not in case.statuses:
            return "status %d, not %s" % (status, "/".join(str(s) for s in sorted(case.statuses)))
        assert case.statuses <= REFUSALS
        if kind != "application/problem+json":
            return "content type %r" % kind
        try:
            problem = json.loads(text)
        except ValueError:
            return "no JSON"
        if problem.get("status") != status or not problem.get("title") or not problem.get("detail"):
            return "it does not say what is wrong and what to do"
        if status == 405 and "OPTIONS" not in headers.get("Allow", ""):
            return "no Allow"
        if status == 401 and headers.get("WWW-Authenticate") != "Bearer":
            return "no WWW-Authenticate"
        if case.pointer and case.pointer not in [e.get("pointer") for e in problem.get("errors", [])]:
            return "the field %s is not named" % case.pointer
        return None

    def owner(self, route):
        return next((service for start, service in OWNERS if route.startswith(start)), None)

    def send_until_answered(self, base, case):
        """A busy machine's "not now" is neither a refusal nor a yes."""
        end = time.time() + fixtures.PATIENCE_S
        while True:
            got = self.send(base, case)
            if got[0] not in (503, 504) or time.time() > end:
                return got
            time.sleep(0.2)

    def changed_by(self, service, action):
        """What an action that must change nothing has changed.  An earlier step may have its effect
        meanwhile: then once more; what changes something does so each time."""
        for _ in range(4):
            before = self.tables.rest(service)
            action()
            changed = [line for line in self.tables.look(service) if line not in before]
            if not changed:
                return []
        return ["something was changed: " + "; ".join(changed)]

    def try_all(self, base, cases):
        bad = []
        for case in cases:
            got = self.send_until_answered(base, case)
            why = self.judge(case, *got)
            self.count += 1
            if why:
                bad.append("%s: %s %s" % (case.what, why, got[2][:300]))
        return bad

    def refuse(self, base):
        """All that is wrong with one request; nothing may change."""
        cases = list(at_the_door(base)) + list(of_the_path(base)) + list(of_the_version(base))
        cases += list(of_the_body(base)) + list(of_the_fields(base, self.required(base)))
        service = self.owner(base.route)
        if base.route == "/api/v1/session":
            service = None # it counts wrong passwords
        bad = []
        if service:
            changed = self.changed_by(service, lambda: bad.extend(self.try_all(base, cases)))
            bad = list(dict.fromkeys(bad)) + changed # a refusal that is none is none each time
        else:
            bad = self.try_all(base, cases)
        name = "%s %s: %d refusals, nothing changed" % (base.method, base.route, len(cases))
        for why in bad:
            print("  FAILED  %s %s: %s" % (base.method, base.route, why))
        self.errors += [name] * len(bad)
        self.passed += len(cases) - len(bad)
        if not bad:
            print("  ok      " + name)

    def step(self, name, account, method, route, body=None, status=200, until=None, query="", **at):
        base = Base(method, route, route.format(**at) + query, account, body)
        if status < 300 and base.key not in self.seen:
            self.seen.add(base.key)
            self.refuse(base)
        if name in ("match_confirm", "match_reject"):
            self.decided.append(at["id"])
        return super().step(name, account, method, route, body, status, until, query, **at)

    def keep(self, name, told):
        return []

    def again(self, name, path, token, tag):
        pass

    def yes(self, what, account, method, route, body, headers=None, **at):
        """One request that must be done."""
        base = Base(method, route, route.format(**at), account, body)
        status, _, text, _ = self.send_until_answered(base, Case(what, set(), headers=headers or {}))
        self.report(what + " is done", [] if 200 <= status < 300 else ["status %d: %s" % (status, text[:200])],
                    {"answer": ""})

    def no(self, what, account, method, route, body, statuses, headers=None, **at):
        """One request that the domain must refuse."""
        base = Base(method, route, route.format(**at), account, body)
        service = self.owner(route)
        bad = []
        cases = [Case(what, statuses, headers=headers or {})]
        changed = self.changed_by(service, lambda: bad.extend(self.try_all(base, cases)))
        self.report(what + " is refused", list(dict.fromkeys(bad)) + changed, {"answer": ""})

    def end(self):
        for method, path in sorted(self.api.routes() - self.seen):
            # a notice that failed, a dead letter, another site: not to be had here
            if not any(part in path for part in ("/notices/retry", "/dead-letters/{", "/traces/{id}")):
                self.report("%s %s" % (method, path), ["no good request was seen"], {"answer": ""})
        print("%d requests and command lines that must be refused" % self.count)
        print("refusals: %d passed, %d failed" % (self.passed, len(self.errors)))
        return 1 if self.errors else 0


# --- what the domain refuses --------------------------------------------------------------------------


def met(walk, person, case):
    """Somebody is met and identified, by requests that were tried already."""
    at = {"id": case}
    walk.step("met", "lead", "PUT", "/api/v1/cases/{id}/arrival",
              {"case_id": case, "station": "SNL", "engaged_ms": NOW - 5 * HOUR}, **at)
    walk.step("met", "lead", "POST", "/api/v1/cases/{id}/travellers",
              {"case_id": case, "person_id": person, "she_wishes": False,
               "traveller": {"sex": "female", "age_years": 30, "age_basis": "stated", "country": "NP",
                             "district": "kaski"}}, **at)


RESCUE = {"rescued_ms": NOW - 2 * HOUR, "route": "r1_hand_back", "decided_by": "border_force",
          "reason": "both_nepali_same_day", "urgency": "urgent", "needs": ["shelter"]}


def of_the_crossing(walk):
    case, person = new_id(), new_id()
    who = {"case_id": case, "person_id": person}
    route = "/api/v1/cases/{id}/"
    at = {"id": case}
    met(walk, person, case)
    walk.no("a rescue of somebody who was not identified", "lead", "POST", route + "rescues", {**who, **RESCUE},
            {409, 422}, **at)
    walk.no("a name that she does not wish kept", "lead", "POST", route + "travellers",
            {**who, "person_id": new_id(), "she_wishes": False,
             "traveller": {"sex": "female", "age_years": 20, "age_basis": "stated",
                           "identity": {"names": ["Invented Unwished"]}}}, {422}, **at)
    walk.no("an age without its basis", "lead", "POST", route + "travellers",
            {**who, "person_id": new_id(), "traveller": {"sex": "female", "age_years": 20}}, {422}, **at)
    walk.step("screened", "lead", "PUT", route + "impression", {"case_id": case, "certainty": 4}, **at)
    walk.step("screened", "lead", "PUT", route + "screening",
              {"case_id": case, "screened_ms": NOW - 4 * HOUR,
               "answers": [{"indicator": "not_real_job", "answer": "yes"}]}, **at)
    walk.no("an impression after the points were shown", "lead", "PUT", route + "impression",
            {"case_id": case, "certainty": 2}, {409}, **at)
    walk.no("another arrival for the same case", "lead", "PUT", route + "arrival",
            {"case_id": case, "station": "BRN", "engaged_ms": NOW - 4 * HOUR}, {409}, **at)
    walk.step("identified", "lead", "POST", route + "identifications",
              {**who, "kind": "potential_victim", "status": "possible_victim", "decided_by": "centre",
               "decided_ms": NOW - 4 * HOUR}, **at)
    walk.no("a route that no station may choose for her reason", "lead", "POST", route + "rescues",
            {**who, **RESCUE, "route": "r0_advise"}, {409, 422}, **at)
    walk.no("a step before any route", "lead", "POST", route + "steps",
            {**who, "step": "a17", "done_ms": NOW - HOUR}, {404, 409, 422}, **at)
    consent = {**who, "purpose": "consent_sharing", "state": "given", "given_ms": NOW - 3 * HOUR, "language": "ne",
               "manner": "oral", "giver": "person_herself"}
    walk.no("consent to share with nobody", "lead", "POST", route + "consents", consent, {422}, **at)
    walk.no("consent that nobody gave", "lead", "POST", route + "consents",
            {**consent, "recipient": HOME_CODE, "giver": "nobody_able"}, {403, 409, 422}, **at)
    walk.no("consent of an adult in her interest", "lead", "POST", route + "consents",
            {**consent, "recipient": HOME_CODE, "state": "best_interest"}, {403, 409, 422}, **at)
    key = {"Idempotency-Key": new_id()}
    good = {"case_id": case, "person_id": person, "alias_id": new_id(), "identity": {"names": ["Invented Once"]}}
    walk.yes("an alias under a key", "lead", "POST", route + "aliases", good, key, **at)
    walk.no("the same key for another wish", "lead", "POST", route + "aliases",
            {**good, "identity": {"names": ["Invented Twice"]}}, {409}, key, **at)
    walk.no("the same key by somebody else", "volunteer", "POST", route + "aliases", good, {409}, key, **at)
    return case


def of_the_version_met(walk, case):
    """Two who have read the same: the second to change it is told, and reads again."""
    route, at = "/api/v1/cases/{id}/aliases", {"id": case}
    person = new_id()

    def alias():
        return {"case_id": case, "person_id": person, "alias_id": new_id(), "identity": {"names": ["Invented Again"]}}

    def tag(query=""):
        return walk.site.ask("GET", "/api/v1/cases/" + case + query, None, walk.site.token("lead"))[3]

    walk.step("met", "lead", "POST", "/api/v1/cases/{id}/travellers",
              {"case_id": case, "person_id": person, "traveller": {"sex": "female", "age_years": 30,
                                                                   "age_basis": "stated"}}, **at)
    both = tag()
    walk.report("a tag tells its version", [] if both and "." in both else ["it is %r" % both], {"answer": ""})
    walk.yes("the first who changes it", "lead", "POST", route, alias(), {"If-Match": both}, **at)
    walk.no("the second, of the same version", "volunteer", "POST", route, alias(), {412}, {"If-Match": both}, **at)
    key = {"Idempotency-Key": new_id()}
    again = alias()
    walk.no("the second under a key", "volunteer", "POST", route, again, {412}, {"If-Match": both, **key}, **at)
    walk.yes("the second under its key, after reloading", "volunteer", "POST", route, again,
             {"If-Match": tag(), **key}, **at)
    walk.yes("one of several tags", "lead", "POST", route, alias(), {"If-Match": '"x", ' + tag()}, **at)
    walk.yes("the tag of another view of it", "lead", "POST", route, alias(), {"If-Match": tag("?identity=1")}, **at)
    walk.yes("whatever is there", "lead", "POST", route, alias(), {"If-Match": "*"}, **at)
    walk.no("a weak tag", "lead", "POST", route, alias(), {412}, {"If-Match": "W/" + tag()}, **at)
    walk.no("whatever is there, where nothing is", "lead", "PUT", "/api/v1/cases/{id}/arrival",
            {"case_id": UNKNOWN, "station": "SNL", "engaged_ms": NOW - HOUR}, {412}, {"If-Match": "*"}, id=UNKNOWN)
    shown = tag()
    walk.no("a request that is refused anyway", "lead", "POST", route, {**alias(), "person_id": new_id()}, {404},
            {"If-Match": shown}, **at)
    walk.report("what is refused moves no version", [] if tag() == shown else ["it did"], {"answer": ""})


def of_the_referral(walk, home):
    route, at = "/api/v1/referrals/{id}", {"id": fixtures.rescue(walk, "r1_hand_back")}
    walk.step("referral_delivered", DESK, "GET", route, until=fixtures.stands_as("DELIVERED"), **at)
    listed = walk.site.ask("GET", "/api/v1/organisations", None, walk.site.token("operator"))[2]
    known = next(o for o in json.loads(listed)["organisations"] if o["organisation_id"] == home)
    full = {**known, "free_places": 0}
    directory = "/api/v1/organisations/{id}"
    walk.no("an organisation of a version that is past, by its tag", "operator", "PUT", directory,
            {"organisation": full}, {412}, {"If-Match": '"%d"' % (known["version"] - 1)}, id=home)
    walk.yes("an organisation of the version that was listed", "operator", "PUT", directory,
             {"organisation": full}, {"If-Match": '"%d"' % known["version"]}, id=home)
    walk.no("an organisation that somebody else has changed", "operator", "PUT", directory,
            {"organisation": full}, {409}, id=home)
    walk.no("a new code for an organisation", "operator", "PUT", directory,
            {"organisation": {**full, "version": known["version"] + 1, "code": "another"}}, {409}, id=home)
    walk.no("a second organisation of the same code", "operator", "POST", "/api/v1/organisations",
            {"organisation": {k: v for k, v in known.items() if k not in ("organisation_id", "version")}}, {409})
    walk.no("accepting without a free place", DESK, "POST", route + "/accept", None, {409}, **at)
    walk.no("a handover before anybody has accepted", "lead", "POST", route + "/handover",
            {"code": "123456", "handed_over_ms": NOW - HOUR, "station": "SNL"}, {404, 409}, **at)
    walk.no("a code before anybody has accepted", "lead", "GET", route + "/code", None, {404, 409}, **at)
    walk.no("the end of a search that goes on", "lead", "POST", route + "/end", {"reason": "helped_otherwise"},
            {409}, **at)
    for what, body in (("reunification", {"reunified_ms": NOW - HOUR, "district": "palpa"}),
                       ("rehabilitation", {"started_ms": NOW - HOUR, "services": ["counselling"]}),
                       ("followups", {"result": "well", "visited_ms": NOW - HOUR}),
                       ("close", {"outcome": "with_family", "closed_ms": NOW - HOUR})):
        walk.no(what + " before she was handed over", DESK, "POST", route + "/" + what, body, {409, 422}, **at)
    _, _, _, tag = walk.site.ask("GET", route.format(**at), None, walk.site.token(DESK))
    walk.yes("declining what was shown", DESK, "POST", route + "/decline", {"reason": "no_place"},
             {"If-Match": tag}, **at)
    walk.no("accepting what was declined", DESK, "POST", route + "/accept", None, {409}, **at)
    walk.no("accepting what was shown before it changed", DESK, "POST", route + "/accept", None, {412},
            {"If-Match": tag}, **at)


def of_the_match(walk, confirmed, rejected):
    route = "/api/v1/matches/{id}/"
    walk.no("rejecting what a lead has confirmed", "lead", "POST", route + "reject", None, {409}, id=confirmed)
    walk.no("confirming what a lead has rejected", "lead", "POST", route + "confirm", None, {409}, id=rejected)


def of_the_audit(walk, tables):
    """A list that is asked for again and again is recorded once in an hour for a session and a wording."""
    records = "SELECT count(*) FROM referral.audit;"

    def asked(body, token, times):
        before = int(tables.ask(records)[0])
        for _ in range(times):
            walk.site.ask("POST", "/api/v1/referrals/search", body, token)
        return int(tables.ask(records)[0]) - before

    def session():
        walk.site.tokens.pop("volunteer", None)
        return walk.site.token("volunteer")

    if time.time() % 3600 > 3540: # both sides of a full hour would be two
        time.sleep(3601 - time.time() % 3600)
    first = session()
    for what, token, body, count in (("the first time", first, {"with_ended": True}, 1),
                                     ("again in the session", first, {"with_ended": True}, 0),
                                     ("in other words", first, {}, 1),
                                     ("in another session", session(), {"with_ended": True}, 1)):
        got = asked(body, token, 10)
        walk.report("a list is recorded %s, asked for 10 times: %d" % (what, count),
                    [] if got == count else ["%d records" % got], {"answer": ""})


# --- the command ----------------------------------------------------------------------------------------


class Command:
    """The `lifeguard` command, with a session of each account."""

    def __init__(self, program, url, site, folder):
        self.program, self.folder = program, folder
        self.environment = {"PATH": os.environ["PATH"], "HOME": folder, "LIFEGUARD_GATEWAY": url, "NO_COLOR": "1",
                            "LG_STATE": os.path.join(folder, "none")}
        self.site = site

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(text)
        return path

    def session(self, account):
        path = os.path.join(self.folder, "token." + account)
        if account != "-" and not os.path.exists(path):
            password = self.file("password." + account, self.site.passwords[account])
            self.run(account, ["login", "--user", account, "--password-file", password])
        return path

    def run(self, account, arguments, **more):
        path = os.path.join(self.folder, "token." + account)
        return subprocess.run([self.program, *arguments], input="123456\n", capture_output=True, text=True,
                              timeout=60, env={**self.environment, "LIFEGUARD_TOKEN_FILE": path, **more})

    def says(self, account, code, words, arguments, **more):
        """What is wrong with how it ends; None: nothing."""
        try:
            ended = self.run(account, arguments, **more)
        except subprocess.TimeoutExpired:
            return "does not end"
        lines = ended.stderr.strip().split("\n")
        if ended.returncode != code:
            return "exit %d, not %d: %s" % (ended.returncode, code, ended.stderr[:200])
        if len(lines) != 1 or not lines[0].startswith("lifeguard: "):
            return "it is not one line: %s" % ended.stderr[:300]
        if words not in lines[0]:
            return "%r is not in: %s" % (words, lines[0])
        if ended.stdout and arguments[0] != "audit": # its table says that it cannot tell
            return "it wrote to its output: %s" % ended.stdout[:200]
        return None

    def verbs(self):
        """Verbs and how many operands each takes, from its own help."""
        for line in self.run("-", ["--help"]).stdout.split("\n"):
            words = line.split()
            if not line.startswith("  ") or line.startswith("  --") or not words:
                continue
            verb = [word for word in words[:3] if word.islower()]
            while verb:
                first = self.run("-", [*verb, "--help"])
                usage = first.stdout.split(":")[0].split()
                if usage[:1 + len(verb)] == ["lifeguard", *verb]:
                    operands = usage[1 + len(verb):]
                    yield verb, sum(not o.startswith("[") for o in operands), len(operands), first
                    break
                verb.pop()


def of_the_command(walk, command, case):
    count = 0
    for verb, least, most, shown in command.verbs():
        count += 1
        bad = [] if shown.returncode == 0 and not shown.stderr else ["--help does not end well"]
        tries = [("nothing", [*verb, *["x"] * least, "--nothing"], "unknown option"),
                 ("too many", [*verb, *["x"] * (most + 1)], "expected")]
        if least > 0:
            tries.append(("too few", [*verb, *["x"] * (least - 1)], "expected"))
        if most >= 4:
            tries[1] = ("too many", tries[1][1], "too many")
        bad += [why for _, arguments, words in tries if (why := command.says("-", 2, words, arguments))]
        walk.count += 1 + len(tries)
        walk.report("lifeguard %s: help and wrong use" % " ".join(verb), bad, {"answer": ""})
    walk.report("every verb was found", [] if count > 60 else ["only %d" % count], {"answer": ""})
    hold = command.file("hold", "name: Invented Heldback\n")
    with open(os.path.join(fixtures.HERE, "refusals.tsv"), encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file if line.strip() and not line.startswith("#")]
    for account, code, words, arguments in rows:
        command.session(account)
        asked = [{"KNOWN": case, "UNKNOWN": UNKNOWN, "HOLD": hold}.get(word, word) for word in arguments.split()]
        why = command.says(account, int(code), words, asked)
        walk.count += 1
        walk.report("%s: lifeguard %s" % (account, arguments), [why] if why else [], {"answer": ""})
    why = command.says("lead", 3, "does not answer", ["referral", "list", "--gateway", "http://127.0.0.1:1"])
    walk.report("a gateway that is not there", [why] if why else [], {"answer": ""})


def main():
    url, accounts, program = sys.argv[1:4]
    tables = Tables(sys.argv[4:])
    walk = Refusing(fixtures.Site(url, accounts), fixtures.Api(), tables)
    user = fixtures.people(walk)
    home = fixtures.directory(walk)
    case, person = fixtures.crossing(walk)
    fixtures.interception(walk)
    fixtures.matching(walk)
    fixtures.referral_home(walk, home, person, user)
    fixtures.referral_otherwise(walk, home)
    fixtures.notification(walk, case)
    fixtures.operation(walk, case)
    of_the_match(walk, *walk.decided)
    case = of_the_crossing(walk)
    of_the_version_met(walk, case)
    of_the_referral(walk, home)
    of_the_audit(walk, tables)
    with tempfile.TemporaryDirectory() as folder:
        of_the_command(walk, Command(program, url, walk.site, folder), case)
    tables.close()
    return walk.end()


if __name__ == "__main__":
    sys.exit(main())
