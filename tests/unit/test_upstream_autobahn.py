"""Each work-around does its work; and each test named `upstream` fails once it is no longer needed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from pprint import pformat
from types import SimpleNamespace
from typing import Any

from autobahn.util import hltype

from components.upstream_autobahn import leave_words_to_readers
from tests.harness.process import WORKER_PATH

ROOT = Path(__file__).parents[2]

CONNECT = """
import json
from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, WebSocketServerFactory, WebSocketServerProtocol
from twisted.internet import reactor

no_delay = {}

def saw(protocol):
    no_delay["server" if protocol.is_server else "client"] = protocol.transport.getTcpNoDelay()
    if len(no_delay) == 2:
        print(json.dumps(no_delay))
        reactor.stop()

class Server(WebSocketServerProtocol):
    def onOpen(self):
        saw(self)

class Client(WebSocketClientProtocol):
    def onOpen(self):
        saw(self)

server = WebSocketServerFactory()
server.protocol = Server
port = reactor.listenTCP(0, server, interface="127.0.0.1").getHost().port
client = WebSocketClientFactory(f"ws://127.0.0.1:{port}")
client.protocol = Client
reactor.connectTCP("127.0.0.1", port, client)
reactor.callLater(40, reactor.crash)
reactor.run()
"""
FORCE = "from components.upstream_autobahn import force_tcp_nodelay\nforce_tcp_nodelay()\nforce_tcp_nodelay()\n"
REFUSE = "from components.upstream_autobahn import refuse_hostile_messages\nrefuse_hostile_messages()\nrefuse_hostile_messages()\n"
UNSAID = "from components.upstream_autobahn import make_no_words_in_vain\nmake_no_words_in_vain()\nmake_no_words_in_vain()\n"
COUNT_WORDS = """
import pprint
from autobahn import util

words = {"coloured": False, "printed": False}
colour, pretty = util.hl, pprint.PrettyPrinter.pformat

def coloured(*arguments, **options):
    words["coloured"] = True
    return colour(*arguments, **options)

def printed(*arguments):
    words["printed"] = True
    return pretty(*arguments)

util.hl, pprint.PrettyPrinter.pformat = coloured, printed
"""
AUTHORIZE = """
import json, txaio
from components.upstream_imports import leave_out
txaio.use_twisted()
leave_out()
from crossbar.router.role import RouterRoleStaticAuth

anything = {"uri": "", "match": "prefix", "allow": {"publish": True}}
RouterRoleStaticAuth(None, "agent", [anything]).authorize(None, "vedette.agent.on_sample", "publish", {})
print(json.dumps(words))
"""
INTERRUPT = """
import json, txaio
txaio.use_twisted()
from autobahn.wamp.message import Interrupt
from crossbar.router.session import RouterApplicationSession

raised = ""
try:
    RouterApplicationSession.send(RouterApplicationSession.__new__(RouterApplicationSession), Interrupt(1, mode="killnowait"))
except Exception as error:
    raised = str(error)
print(json.dumps({"raised": raised}))
"""
UNROUTED = "from components.upstream_crossbar import route_without_words\nroute_without_words()\nroute_without_words()\n"
READ = "from components.upstream_autobahn import read_before_dropping\nread_before_dropping()\nread_before_dropping()\n"
BUSY = """
import json, threading, time
from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from twisted.internet import reactor
from websockets.sync.client import connect

told, over = [], threading.Event()

class Server(WebSocketServerProtocol):
    def onMessage(self, payload, binary):
        if payload == b"asked":
            server.asked = self
        elif payload == b"busy":
            server.asked._sendAutoPing()
            server.asked.transport.doWrite()
            time.sleep(3 * server.autoPingTimeout)  # one long round of reading: the answer comes, and is not read
            reactor.callLater(3 * server.autoPingTimeout, server.asked.tell)

    def onClose(self, clean, code, reason):
        if self is server.asked:
            self.tell()

    def tell(self):
        if not told:
            told.append(print(json.dumps({"dropped": self.state == self.STATE_CLOSED})))
            over.set()
            reactor.stop()

server = WebSocketServerFactory()
server.protocol = Server
server.setProtocolOptions(autoPingTimeout=1)
port = reactor.listenTCP(0, server, interface="127.0.0.1").getHost().port

def client():
    with connect(f"ws://127.0.0.1:{port}", proxy=None) as asked, connect(f"ws://127.0.0.1:{port}", proxy=None) as busy:
        asked.send("asked")
        asked.ping().wait(30)  # it was read
        busy.send("busy")
        over.wait(30)

threading.Thread(target=client, daemon=True).start()
reactor.callLater(40, reactor.crash)
reactor.run()
"""
DECODE = """
import json, sys, traceback
import txaio
txaio.use_twisted()
from autobahn.wamp.serializer import CBORSerializer, JsonSerializer

def decode(payload):
    serializer, raw = (JsonSerializer(), payload.encode()) if payload[0] == "[" else (CBORSerializer(), bytes.fromhex(payload))
    try:
        return str(serializer.unserialize(raw)[0])
    except Exception as error:
        return f"{error} in {traceback.format_exc().count(chr(10))} lines"

print(json.dumps({payload: decode(payload) for payload in sys.argv[1:]}))
"""

HEAD = "85183001a066742e6563686f81"  # [48, 1, {}, "t.echo", [… ]]


def run(script: str, *arguments: str) -> dict[str, Any]:
    """What a fresh interpreter prints that leaves out what workers leave out."""
    command, environment = [sys.executable, "-c", script, *arguments], {**os.environ, "PYTHONPATH": os.pathsep.join(WORKER_PATH)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_messages_leave_at_once_on_both_ends() -> None:
    assert run(FORCE + CONNECT) == {"server": 1, "client": 1}


def test_upstream_still_forgets_nodelay() -> None:
    """If this fails, remove force_tcp_nodelay."""
    assert run(CONNECT) == {"server": 0, "client": 0}


def test_nobody_makes_words_for_lines_that_are_not_logged() -> None:
    assert run(COUNT_WORDS + UNSAID + CONNECT.replace("json.dumps(no_delay)", "json.dumps(words)")) == {"coloured": False, "printed": False}


def test_upstream_still_makes_words_for_lines_that_are_not_logged() -> None:
    """If this fails, remove make_no_words_in_vain."""
    assert run(COUNT_WORDS + CONNECT.replace("json.dumps(no_delay)", "json.dumps(words)")) == {"coloured": True, "printed": True}


def test_the_router_makes_no_words_of_what_it_routes() -> None:
    assert run(COUNT_WORDS + UNROUTED + AUTHORIZE) == {"coloured": False, "printed": False}


def test_upstream_still_makes_words_of_what_it_routes() -> None:
    """If this fails, remove route_without_words."""
    assert run(COUNT_WORDS + AUTHORIZE) == {"coloured": True, "printed": True}


def test_a_component_of_the_router_is_not_interrupted() -> None:
    assert run("from components.upstream_crossbar import let_callers_go\nlet_callers_go()\nlet_callers_go()\n" + INTERRUPT) == {
        "raised": ""
    }


def test_upstream_still_raises_when_a_caller_goes() -> None:
    """If this fails, remove let_callers_go."""
    assert "unhandled message" in run(INTERRUPT)["raised"]


def test_who_reads_the_log_finds_the_words() -> None:
    module = SimpleNamespace(hltype=hltype, hlflag=None, pformat=pformat)
    leave_words_to_readers(module)
    assert f"{module.hltype('a')} {module.pformat({'b': 1})} {module.hlflag(True, 'GRANTED', 'DENIED')}" == "a {'b': 1} GRANTED"


def test_timings_can_be_printed() -> None:
    """Autobahn makes its words of them with the same function as those of its log."""
    track = "import json\nfrom autobahn.websocket.protocol import Timings\ntimings = Timings()\ntimings.track('read')\n"
    assert set(run(UNSAID + track + "print(str(timings).replace(chr(39), chr(34)))")) == {"read"}


def test_an_answer_that_lies_unread_counts() -> None:
    """However long the round was in which it came."""
    assert run(READ + BUSY) == {"dropped": False}


def test_upstream_still_drops_before_it_reads() -> None:
    """If this fails, remove read_before_dropping."""
    assert run(BUSY) == {"dropped": True}


def test_who_does_not_answer_is_dropped() -> None:
    assert run(READ + BUSY.replace("busy.send", "asked.protocol.receive_data = lambda data: None; busy.send")) == {"dropped": True}


def test_messages_as_agents_and_browsers_send_them_are_taken() -> None:
    for message in run(REFUSE + DECODE, HEAD + "fb3ff199999999999a", '[48, 1, {}, "t.echo", [{"a": [1.1]}]]').values():
        assert "t.echo" in message


COSTLY = {
    "a list that contains itself": "d81c81d81d00",
    "the same list twice": "82d81c8101d81d00",
    "a string by reference": "d90100826a61616161616161616161d81900",
    "a regular expression": "d823622e2a",
    "a power of ten": "c4821a3b9aca0001",
    "an unknown tag": "d9ffff01",
    "65 nested lists": "81" * 65 + "01",
}


def test_cbor_that_costs_more_than_it_says_is_refused() -> None:
    answers = run(REFUSE + DECODE, *(HEAD + argument for argument in COSTLY.values()))
    for what, argument in COSTLY.items():
        assert "invalid serialization" in answers[HEAD + argument], what


def test_upstream_still_takes_shared_references() -> None:
    """If this fails, remove _untagged."""
    for what, message in run(DECODE, *(HEAD + argument for argument in list(COSTLY.values())[:3])).items():
        assert "t.echo" in message, what


def test_deep_json_is_refused_in_few_lines() -> None:
    """Even if py_ecc has raised the limit of recursion, as it does in each of Crossbar.io's processes."""
    for answer in run("import py_ecc\n" + REFUSE + DECODE, "[" * 50_000, nested(65)).values():
        assert "nested too deep" in answer
        assert int(answer.split()[-2]) < 40


def test_the_same_depth_is_taken_in_both_serializations() -> None:
    """The router writes one for the other, so what it takes from a browser it must be able to hand to a component."""
    answers = run(REFUSE + DECODE, nested(64), HEAD + "81" * 62 + "01", HEAD + "81" * 63 + "01")
    assert ["nest" in answer for answer in answers.values()] == [False, False, True]


def nested(levels: int) -> str:
    return '[48, 1, {}, "t.echo", ' + "[" * (levels - 1) + "]" * levels


def test_upstream_still_lifts_the_limit_of_recursion() -> None:
    """If this fails, remove the limit from refuse_hostile_messages."""
    assert run("import py_ecc, sys, json\nprint(json.dumps({'limit': sys.getrecursionlimit()}))") == {"limit": 100_000}


def test_agents_need_neither_crossbar_nor_django() -> None:
    loaded = run("import components.upstream_autobahn, sys, json\nprint(json.dumps({n: n in sys.modules for n in ('crossbar', 'django')}))")
    assert loaded == {"crossbar": False, "django": False}
