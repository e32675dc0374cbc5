"""Walks every route of the gateway of a running site, and holds each answer against openapi.yaml.

What was asked and answered is kept in tests/fixtures/api, one file a step: contract fixtures that a
client can be built on without a site.  A run compares; with --write it makes them anew.

  python3 fixtures.py URL ACCOUNTS_FILE [--write]

A route of openapi.yaml that no step asks, a step whose route is not there, and a fixture without a
step are failures, as is a status, a content type or a name in an answer that is not as written.
"""
import http.client
import json
import os
import re
import secrets
import sys
import time
import urllib.parse

import jsonschema
import yaml

HERE = os.path.dirname(os.path.abspath(__file__))
API = os.path.join(HERE, "../../services/gateway/openapi.yaml")
FIXTURES = os.path.join(HERE, "../fixtures/api")
PATIENCE_S = 60
NOW = int(time.time() * 1000)
HOUR = 3600 * 1000
DESK, HOME = "fixture-desk", "fixture-home"


def new_id():
    return "0001%012x%s" % (NOW, secrets.token_hex(8))


class Site:
    """The gateway, and a token for each account that acts."""

    def __init__(self, url, accounts):
        self.host = urllib.parse.urlparse(url).netloc
        self.passwords = {}
        with open(accounts, encoding="utf-8") as file:
            for line in file:
                name, password, _role = line.split()
                self.passwords[name] = password
        self.tokens = {}

    def ask(self, method, path, body, token=None, headers=None):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        kind = (answer.getheader("Content-Type") or "").split(";")[0]
        tag = answer.getheader("ETag")
        text = answer.read1(65536) if kind == "text/event-stream" else answer.read()
        connection.close()
        return answer.status, kind, text.decode("utf-8"), tag

    def listen(self, path, token):
        """A stream that stays open: a function that reads on until it has heard what is wanted."""
        connection = http.client.HTTPConnection(self.host, timeout=PATIENCE_S)
        connection.request("GET", path, None, {"Authorization": "Bearer " + token})
        answer = connection.getresponse()
        heard = []

        def hear(wanted):
            while wanted not in "".join(heard):
                piece = answer.read1(65536).decode("utf-8")
                if not piece:
                    return False
                heard.append(piece)
            return True

        return hear

    def token(self, account):
        if account not in self.tokens:
            body = {"user_name": account, "password": self.passwords[account]}
            until = time.monotonic() + PATIENCE_S
            status = 0
            # a password is made slow on purpose: on a busy machine the answer may not come in time
            while status in (0, 429, 503, 504) and time.monotonic() < until:
                status, _, text, _ = self.ask("POST", "/api/v1/session", body)
            if status != 200:
                raise SystemExit("%s cannot log in: %s" % (account, text))
            self.tokens[account] = json.loads(text)["token"]
        return self.tokens[account]


# --- openapi.yaml -----------------------------------------------------------------------------


class Api:
    def __init__(self):
        with open(API, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)

    def resolve(self, node):
        while isinstance(node, dict) and "$ref" in node:
            target = self.document
            for part in node["$ref"].lstrip("#/").split("/"):
                target = target[part]
            node = target
        return node

    def routes(self):
        return {(m.upper(), p) for p, item in self.document["paths"].items() for m in item}

    def content(self, method, path, status):
        """Content types of an answer and their schemas."""
        answers = self.document["paths"][path][method.lower()]["responses"]
        answer = answers.get(str(status)) or (answers.get("default") if status >= 400 else None)
        return None if answer is None else self.resolve(answer).get("content", {})

    def closed(self, node):
        """The schema with references followed, and no name allowed that it does not list."""
        node = self.resolve(node)
        if isinstance(node, list):
            return [self.closed(one) for one in node]
        if not isinstance(node, dict):
            return node
        closed = {key: self.closed(value) for key, value in node.items()}
        if isinstance(node.get("properties"), dict) and node.get("type") == "object":
            closed["properties"] = {k: self.closed(v) for k, v in node["properties"].items()}
            closed.setdefault("additionalProperties", False)
        return closed


# --- the walk -----------------------------------------------------------------------------------


class Walk:
    def __init__(self, site, api, is_writing):
        self.site, self.api, self.is_writing = site, api, is_writing
        self.asked, self.names, self.errors, self.passed = set(), set(), [], 0

    def step(self, name, account, method, route, body=None, status=200, until=None, query="", **at):
        """Asks one route; until: asked again while this is not true of the answer."""
        path = route.format(**at) + query
        token = self.site.token(account) if account else None
        end = time.time() + PATIENCE_S
        while True:
            got, kind, text, tag = self.site.ask(method, path, body, token)
            answer = json.loads(text) if "json" in kind else text
            if (got == status and (until is None or until(answer))) or time.time() > end:
                break
            if until is None and got < 500:
                break
            time.sleep(0.1)
        self.asked.add((method, route))
        self.names.add(name)
        told = {
            "route": method + " " + route,
            "request": {"path": path, "account": account, "body": hidden(body)},
            "answer": {"status": got, "content_type": kind, "body": hidden(answer)},
        }
        problems = self.check(method, route, status, told)
        if until is not None and got == status and not until(answer):
            problems.append("did not become what was waited for")
        if not problems:
            problems = self.keep(name, told)
        self.report(name, problems, told)
        if got == 200 and tag and method == "GET":
            self.again(name, path, token, tag)
        return answer if isinstance(answer, dict) else {}

    def check(self, method, route, status, told):
        answer = told["answer"]
        if answer["status"] != status:
            return ["status %d, not %d" % (answer["status"], status)]
        if (method, route) not in self.api.routes():
            return ["openapi.yaml has no such route"]
        content = self.api.content(method, route, status)
        if content is None:
            return ["openapi.yaml has no such status here"]
        if answer["content_type"] not in content:
            return ["content type %r is not in openapi.yaml" % answer["content_type"]]
        if isinstance(answer["body"], str):
            return []
        schema = self.api.closed(content[answer["content_type"]]["schema"])
        found = jsonschema.Draft202012Validator(schema).iter_errors(answer["body"])
        return ["%s: %s" % (e.json_path, e.message[:160]) for e in found][:4]

    def keep(self, name, told):
        file = os.path.join(FIXTURES, name + ".json")
        if self.is_writing:
            with open(file, "w", encoding="utf-8") as out:
                json.dump(told, out, indent=2, ensure_ascii=False)
                out.write("\n")
            return []
        if not os.path.exists(file):
            return ["no fixture of this name: tests/journey/fixtures.sh --write makes it"]
        with open(file, encoding="utf-8") as kept:
            known = json.load(kept)
        wrong = ["%s was %r" % (what, known["answer"][what]) for what in ("status", "content_type")
                 if known["answer"][what] != told["answer"][what]]
        if known["route"] != told["route"]:
            wrong.append("the route was " + known["route"])
        if shape(known["answer"]["body"]) != shape(told["answer"]["body"]):
            wrong.append("shape %s, was %s" % (shape(told["answer"]["body"]), shape(known["answer"]["body"])))
        return wrong

    def again(self, name, path, token, tag):
        """What one has is not sent again; it may have changed in between."""
        got, _, text, _ = self.site.ask("GET", path, None, token, {"If-None-Match": tag})
        is_good = (got == 304 and text == "") or got == 200
        self.report(name + " (with its ETag)", [] if is_good else ["status %d" % got], {"answer": text})

    def report(self, name, problems, told):
        if not problems:
            self.passed += 1
            print("  ok      " + name)
            return
        self.errors.append(name)
        print("  FAILED  %s: %s" % (name, "; ".join(problems)))
        print("          " + json.dumps(told["answer"])[:600])

    def finish(self):
        for method, path in sorted(self.api.routes() - self.asked):
            self.report("%s %s" % (method, path), ["is in openapi.yaml and no step asks it"], {"answer": ""})
        for file in sorted(os.listdir(FIXTURES)):
            if file.endswith(".json") and file[:-5] not in self.names:
                self.report(file, ["is the fixture of no step"], {"answer": ""})
        print("fixtures: %d passed, %d failed" % (self.passed, len(self.errors)))
        return 1 if self.errors else 0


def hidden(node):
    """Without what opens anything: these lie in the tree."""
    if isinstance(node, dict):
        return {k: "hidden" if k in ("token", "password") else hidden(v) for k, v in node.items()}
    return [hidden(one) for one in node] if isinstance(node, list) else node


def shape(node):
    """Names and types at the top; a text that is a stream: the names of its events."""
    if isinstance(node, str):
        return sorted(set(re.findall(r"^event: (\S+)", node, re.M)))
    if not isinstance(node, dict):
        return type(node).__name__
    return {key: type(value).__name__ for key, value in sorted(node.items())}


# --- what is asked, in the order of the journey ---------------------------------------------------


def people(walk):
    walk.step("health", None, "GET", "/api/v1/health")
    password = secrets.token_hex(12)
    walk.step("account_create", "operator", "POST", "/api/v1/accounts",
              {"user_name": DESK, "password": password, "role": "ngo_worker"})
    walk.site.passwords[DESK] = password
    session = walk.step("session", None, "POST", "/api/v1/session",
                        {"user_name": DESK, "password": password})
    walk.step("session_refused", None, "POST", "/api/v1/session",
              {"user_name": DESK, "password": "not the password"}, status=401)
    walk.step("not_logged_in", None, "GET", "/api/v1/organisations", status=401)
    return session.get("user", new_id())


def directory(walk):
    organisation = {"code": HOME, "name": "Fixture Home", "country": "NP", "districts": [],
                    "services": ["shelter"], "takes_women": True, "takes_girls": True, "free_places": 9}
    walk.step("organisation_add", "operator", "POST", "/api/v1/organisations", {"organisation": organisation})
    listed = walk.step("organisations", "lead", "GET", "/api/v1/organisations",
                       until=lambda a: HOME in json.dumps(a))
    rows = next((v for v in listed.values() if isinstance(v, list)), [])
    home = next((r for r in rows if HOME in json.dumps(r)), {})
    home_id = home.get("organisation_id", new_id())
    organisation.update(free_places=8, version=home.get("version", 0))
    walk.step("organisation_update", "operator", "PUT", "/api/v1/organisations/{id}",
              {"organisation": organisation}, id=home_id)
    walk.step("organisation_update_stale", "operator", "PUT", "/api/v1/organisations/{id}",
              {"organisation": organisation}, status=409, id=home_id)
    return home_id


def crossing(walk):
    case, person = new_id(), new_id()
    at = {"id": case}
    walk.step("informed", "volunteer", "POST", "/api/v1/informed",
              {"station": "SNL", "informed_ms": NOW - HOUR, "women": 3, "girls": 2})
    walk.step("arrival", "volunteer", "PUT", "/api/v1/cases/{id}/arrival",
              {"case_id": case, "station": "SNL", "engaged_ms": NOW - 5 * HOUR, "language": "ne"}, **at)
    traveller = {"sex": "female", "age_years": 22, "age_basis": "stated", "country": "NP", "district": "palpa",
                 "identity": {"names": ["Invented Fixtura"]}}
    walk.step("traveller", "volunteer", "POST", "/api/v1/cases/{id}/travellers",
              {"case_id": case, "person_id": person, "traveller": traveller, "she_wishes": True}, **at)
    walk.step("alias", "volunteer", "POST", "/api/v1/cases/{id}/aliases",
              {"case_id": case, "person_id": person, "alias_id": new_id(),
               "identity": {"names": ["Invented Otherwise"]}}, **at)
    walk.step("impression", "volunteer", "PUT", "/api/v1/cases/{id}/impression",
              {"case_id": case, "certainty": 4}, **at)
    walk.step("screening", "volunteer", "PUT", "/api/v1/cases/{id}/screening",
              {"case_id": case, "screened_ms": NOW - 4 * HOUR,
               "answers": [{"indicator": "not_real_job", "answer": "yes"},
                           {"indicator": "drugged_or_drowsy", "answer": "no"}]}, **at)
    walk.step("identification", "volunteer", "POST", "/api/v1/cases/{id}/identifications",
              {"case_id": case, "person_id": person, "kind": "potential_victim", "status": "possible_victim",
               "decided_by": "centre", "decided_ms": NOW - 4 * HOUR}, **at)
    for purpose, recipient in (("consent_help", ""), ("consent_family_tracing", ""),
                               ("consent_sharing", HOME)):
        walk.step(purpose, "lead", "POST", "/api/v1/cases/{id}/consents",
                  {"case_id": case, "person_id": person, "purpose": purpose, "recipient": recipient,
                   "state": "given", "given_ms": NOW - 3 * HOUR, "language": "ne", "manner": "oral",
                   "giver": "person_herself"}, **at)
    walk.step("rescue", "lead", "POST", "/api/v1/cases/{id}/rescues",
              {"case_id": case, "person_id": person, "rescued_ms": NOW - 2 * HOUR, "route": "r1_hand_back",
               "decided_by": "border_force", "reason": "both_nepali_same_day", "urgency": "urgent",
               "needs": ["shelter"]}, **at)
    walk.step("step_done", "lead", "POST", "/api/v1/cases/{id}/steps",
              {"case_id": case, "person_id": person, "step": "a17", "done_ms": NOW - 2 * HOUR}, **at)
    walk.step("checklist", "lead", "GET", "/api/v1/cases/{id}/checklist", **at)
    walk.step("case", "lead", "GET", "/api/v1/cases/{id}", **at)
    walk.step("case_with_identity", "lead", "GET", "/api/v1/cases/{id}", query="?identity=1", **at)
    walk.step("case_unknown", "lead", "GET", "/api/v1/cases/{id}", status=404, id=new_id())
    walk.step("case_trace", "lead", "GET", "/api/v1/cases/{id}/trace",
              until=lambda a: "person" in json.dumps(a) or len(json.dumps(a)) > 80, **at)
    walk.step("cases_search", "lead", "POST", "/api/v1/cases/search", {"station": "SNL"})
    return case, person


def interception(walk):
    case = new_id()
    walk.step("interception", "lead", "PUT", "/api/v1/cases/{id}/interception",
              {"case_id": case, "station": "SNL", "intercepted_ms": NOW - 24 * HOUR,
               "persons": [{"kind": "potential_victim", "sex": "female", "age_years": 19}]}, id=case)
    walk.step("interception_refused", "lead", "PUT", "/api/v1/cases/{id}/interception",
              {"case_id": case, "nothing": 1}, status=400, id=case)
    walk.step("report_interceptions", "manager", "GET", "/api/v1/reports/interceptions", query="?by=station,month",
              until=lambda a: "SNL" in json.dumps(a))
    walk.step("report_journey", "manager", "GET", "/api/v1/reports/journey", query="?by=month")


def matching(walk):
    report, other = new_id(), new_id()
    for name, one in (("missing", report), ("missing_too", other)):
        walk.step(name, "lead", "PUT", "/api/v1/missing/{id}",
                  {"report_id": one, "missing_since_ms": NOW - 30 * 24 * HOUR, "sex": "female", "age_years": 22,
                   "home_district": "palpa", "home_country": "NP",
                   "identity": {"names": ["Invented Fixtura"]}}, id=one)
    found = walk.step("matches_search", "lead", "POST", "/api/v1/matches/search", {},
                      until=lambda a: len(a.get("matches", [])) >= 2)
    ids = [card["match_id"] for card in found.get("matches", [])] + [new_id(), new_id()]
    walk.step("inbox_matches", "lead", "GET", "/api/v1/inbox/matches",
              until=lambda a: "event: listed" in a)
    walk.step("match", "lead", "GET", "/api/v1/matches/{id}", id=ids[0])
    walk.step("match_confirm", "lead", "POST", "/api/v1/matches/{id}/confirm", id=ids[0])
    walk.step("match_reject", "lead", "POST", "/api/v1/matches/{id}/reject", id=ids[1])
    walk.step("match_undo", "lead", "POST", "/api/v1/matches/{id}/undo", {"reason": "another_person"}, id=ids[0])
    walk.step("weights_preview", "operator", "POST", "/api/v1/matches/weights", {"preview": True})
    walk.step("weights_too_few", "operator", "POST", "/api/v1/matches/weights", {"preview": False}, status=409)
    trace = new_id()
    walk.step("traces_search", "lead", "POST", "/api/v1/traces/search", {})
    walk.step("trace_ask", "lead", "PUT", "/api/v1/traces/{id}",
              {"trace_id": trace, "record_id": one, "site": 9, "basis": "family_asked"}, status=422, id=trace)
    walk.step("trace", "lead", "GET", "/api/v1/traces/{id}", status=404, id=trace)
    walk.step("trace_approve", "lead", "POST", "/api/v1/traces/{id}/approve", status=404, id=trace)
    walk.step("trace_decline", "lead", "POST", "/api/v1/traces/{id}/decline", status=404, id=trace)


def rescue(walk, route):
    """Somebody else is rescued, by requests that other steps have shown."""
    case, person = new_id(), new_id()
    told = [
        ("PUT", "arrival", {"station": "SNL", "engaged_ms": NOW - 5 * HOUR}),
        ("POST", "travellers", {"person_id": person, "she_wishes": True, "traveller": {
            "sex": "female", "age_years": 30, "age_basis": "stated", "country": "NP", "district": "kaski",
            "identity": {"names": ["Fictiva " + secrets.token_hex(3)]}}}),
        ("POST", "identifications", {
            "person_id": person, "kind": "potential_victim", "status": "possible_victim",
            "decided_by": "centre", "decided_ms": NOW - 4 * HOUR}),
    ]
    for purpose, recipient in (("consent_help", ""), ("consent_sharing", HOME)):
        told.append(("POST", "consents", {
            "person_id": person, "purpose": purpose, "recipient": recipient, "state": "given",
            "given_ms": NOW - 3 * HOUR, "language": "ne", "manner": "oral", "giver": "person_herself"}))
    told.append(("POST", "rescues", {
        "person_id": person, "rescued_ms": NOW - 2 * HOUR, "route": route, "urgency": "urgent",
        "decided_by": "herself" if route == "r0_advise" else "border_force",
        "reason": "chose_to_travel" if route == "r0_advise" else "both_nepali_same_day",
        "needs": ["safe_migration"] if route == "r0_advise" else ["shelter"],
        "callback_ms": NOW + 72 * HOUR if route == "r0_advise" else 0}))
    for method, what, body in told:
        status, _, text, _ = walk.site.ask(method, "/api/v1/cases/%s/%s" % (case, what),
                                           {"case_id": case, **body}, walk.site.token("lead"))
        if status != 200:
            walk.report("rescue " + what, ["status %d" % status], {"answer": text})
    return person


def stands_as(*states):
    return lambda a: a.get("row", {}).get("state") in states


def referral_home(walk, home, person, user):
    """From the offer to the end of the care: one referral, both of its sides at one site."""
    at, desk, lead = {"id": person}, DESK, "lead"
    route = "/api/v1/referrals/{id}"
    walk.step("member", "operator", "PUT", "/api/v1/members/{id}", {"organisation_id": home}, id=user)
    walk.step("referrals_search", lead, "POST", "/api/v1/referrals/search", {},
              until=lambda a: person in json.dumps(a))
    walk.step("inbox_referrals", lead, "GET", "/api/v1/inbox/referrals", until=lambda a: person in a)
    walk.step("referral_at_desk", desk, "GET", route, until=stands_as("DELIVERED"), **at)
    walk.step("referral_name_refused", desk, "GET", route, status=403, query="?identity=1", **at)
    hear = walk.site.listen("/api/v1/inbox/referrals", walk.site.token(lead))
    hear("event: listed")
    walk.step("referral_accept", desk, "POST", route + "/accept", **at)
    try:
        is_told = hear('"ACCEPTED"')
    except TimeoutError:
        is_told = False
    walk.report("whoever listens hears of it", [] if is_told else ["did not"], {"answer": ""})
    walk.step("referral", lead, "GET", route, until=stands_as("ACCEPTED"), **at)
    walk.step("referral_accepted_at_desk", desk, "GET", route, until=stands_as("ACCEPTED"), query="?identity=1", **at)
    walk.step("referral_decline_late", desk, "POST", route + "/decline", {"reason": "no_place"}, status=409, **at)
    code = walk.step("handover_code", lead, "GET", route + "/code", **at).get("code", "000000")
    walk.step("handover_wrong_code", lead, "POST", route + "/handover",
              {"code": "%06d" % ((int(code) + 1) % 1000000), "handed_over_ms": NOW - HOUR, "station": "SNL"},
              status=409, **at)
    handover = {"code": code, "handed_over_ms": NOW - HOUR, "station": "SNL"}
    walk.step("handover", lead, "POST", route + "/handover", handover, **at)
    walk.step("handover_at_desk", desk, "POST", route + "/handover", handover, **at)
    walk.step("legal", desk, "POST", route + "/legal", {"step": "first_report", "reached_ms": NOW - HOUR}, **at)
    walk.step("reunification", desk, "POST", route + "/reunification",
              {"reunified_ms": NOW - HOUR // 2, "district": "palpa"}, **at)
    walk.step("rehabilitation", desk, "POST", route + "/rehabilitation",
              {"started_ms": NOW - HOUR // 2, "services": ["counselling"]}, **at)
    walk.step("followup", desk, "POST", route + "/followups",
              {"result": "well", "visited_ms": NOW - HOUR // 4}, **at)
    walk.step("close", desk, "POST", route + "/close",
              {"outcome": "with_family", "closed_ms": NOW - HOUR // 4}, **at)


def referral_otherwise(walk, home):
    route, desk, lead = "/api/v1/referrals/{id}", DESK, "lead"
    person = rescue(walk, "r1_hand_back")
    walk.step("referral_offered", desk, "GET", route, until=stands_as("DELIVERED"), id=person)
    walk.step("referral_decline", desk, "POST", route + "/decline", {"reason": "no_place"}, id=person)
    walk.step("referral_escalated", lead, "GET", route, until=stands_as("ESCALATED"), id=person)
    walk.step("referral_offer", lead, "POST", route + "/offer", {"organisation_id": home}, id=person)
    walk.step("referral_withdraw", lead, "POST", route + "/withdraw", id=person)
    person = rescue(walk, "r1_hand_back")
    walk.step("referral_offered_too", desk, "GET", route, until=stands_as("DELIVERED"), id=person)
    walk.step("referral_decline_too", desk, "POST", route + "/decline", {"reason": "not_safe_here"}, id=person)
    walk.step("referral_escalated_too", lead, "GET", route, until=stands_as("ESCALATED"), id=person)
    walk.step("referral_end", lead, "POST", route + "/end", {"reason": "helped_otherwise"}, id=person)
    person = rescue(walk, "r0_advise")
    walk.step("referral_advised", lead, "GET", route, until=lambda a: "row" in a, id=person)
    walk.step("destination", lead, "POST", route + "/destination",
              {"network": "other", "call_back_ms": NOW + 72 * HOUR}, id=person)


def notification(walk, case):
    one = new_id()
    walk.step("subscribe", "lead", "PUT", "/api/v1/subscriptions/{id}",
              {"subscription_id": one, "role": "centre_lead", "events": ["RescueRecorded"], "channel": "file",
               "language": "en", "address": ""}, id=one)
    walk.step("subscriptions_search", "lead", "POST", "/api/v1/subscriptions/search", {})
    walk.step("notices_search", "lead", "POST", "/api/v1/notices/search", {})
    walk.step("notice_retry_unknown", "lead", "POST", "/api/v1/cases/{id}/notices/retry", {"notice_id": new_id()},
              status=404, id=case)
    walk.step("unsubscribe", "lead", "POST", "/api/v1/subscriptions/{id}/end", id=one)


def operation(walk, case):
    service = {"service": "reporting"}
    route = "/api/v1/services/{service}"
    walk.step("services", "operator", "GET", "/api/v1/services")
    walk.step("service", "operator", "GET", route, **service)
    walk.step("service_states", "operator", "GET", route + "/states", service="intake")
    walk.step("service_audit", "auditor", "GET", route + "/audit", service="intake")
    walk.step("service_rebuild", "operator", "POST", route + "/rebuild/{partition}", partition=3, **service)
    walk.step("dead_letters", "operator", "GET", route + "/dead-letters", query="?limit=10", **service)
    walk.step("streams", "operator", "GET", route + "/streams/{partition}", partition=3, **service)
    walk.step("lost", "operator", "GET", route + "/lost", query="?limit=10", **service)
    walk.step("dead_letter_unknown", "operator", "GET", route + "/dead-letters/{letter}", status=404,
              letter=999999, **service)
    for what in ("retry", "drop"):
        walk.step("dead_letter_%s_unknown" % what, "operator", "POST", route + "/dead-letters/{letter}/" + what,
                  status=404, query="?case=" + case, letter=999999, **service)
    walk.step("services_not_logged_in", None, "GET", "/api/v1/services", status=401)


def main():
    url, accounts = sys.argv[1:3]
    os.makedirs(FIXTURES, exist_ok=True)
    walk = Walk(Site(url, accounts), Api(), "--write" in sys.argv[3:])
    user = people(walk)
    home = directory(walk)
    case, person = crossing(walk)
    interception(walk)
    matching(walk)
    referral_home(walk, home, person, user)
    referral_otherwise(walk, home)
    notification(walk, case)
    operation(walk, case)
    return walk.finish()


if __name__ == "__main__":
    sys.exit(main())
