"""Code that takes over the socket by which its process answers the tester."""

import textwrap

from hostile.corpus import cheat, spoil

# Finds each open socket; answers with frames of its own making.
_HEAD = """
import gc, json, os, socket, stat, struct, sys, time
def sockets():
    found = []
    for number in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                found.append(socket.socket(fileno=os.dup(number)))
        except OSError:
            pass
    return found
def frame(header, sizes=(), data=b""):
    text = header if isinstance(header, bytes) else json.dumps([header, list(sizes)])
    text = text if isinstance(text, bytes) else text.encode()
    return struct.pack("!I", len(text)) + text + data
def say(*frames):
    for box in sockets():
        for data in frames:
            try:
                box.sendall(data)
            except OSError:
                pass
def number():
    for found in gc.get_objects():
        if type(found) is dict and "verb" in found and "id" in found:
            return found["id"]
    return 1
"""
_LIES = {
    "a_head_of_4_gb": 'say(b"\\xff\\xff\\xff\\xff")',
    "a_head_of_16_mb_that_never_comes": 'say(struct.pack("!I", 2**24 - 1))',
    "bytes_of_no_meaning": "say(os.urandom(100_000))",
    "an_empty_frame": 'say(struct.pack("!I", 0))',
    "a_frame_that_is_no_json": 'say(frame(b"this is no json"))',
    "a_frame_that_is_no_list": 'say(frame(b"{}"))',
    "a_frame_of_nulls": 'say(frame(b"[null, null]"))',
    "a_frame_100000_deep": 'say(frame(b"[" * 100_000))',
    "a_value_1000_deep": """
        value = {"none": None}
        for _ in range(1000):
            value = {"list": [value]}
        say(*(frame({"id": i, "value": value}) for i in range(number(), 40)))""",
    "negative_sizes": 'say(frame({"id": number()}, [-1]))',
    "sizes_of_2_to_the_62": 'say(frame({"id": number()}, [2**62]))',
    "sizes_that_are_no_numbers": 'say(frame(b\'[{"id": 1}, [NaN, 1e9, "7"]]\'))',
    "sizes_that_are_true": 'say(frame(b\'[{"id": 1}, [true, true]]\', (), b"xx"))',
    "a_million_sizes_of_0": 'say(frame({"id": number()}, [0] * 1_000_000))',
    "300_mb_promised": 'say(frame({"id": number()}, [300 * 2**20]))',
    "200_mb_that_come_slowly": """
        say(frame({"id": number()}, [200 * 2**20]))
        for _ in range(30):
            say(b"x")
            time.sleep(0.2)""",
    "an_answer_to_all_questions": """
        say(*(frame({"id": i, "value": {"bool": 1}}) for i in range(number(), 500)))""",
    "answers_before_the_question": """
        n = number()
        say(*(frame({"id": i, "raised": None, "value": {"handle": 0, "type": "f",
            "callable": True}, "outputs": [], "count": 1}) for i in range(n, n + 50)))
        """,
    "an_answer_to_another_question": 'say(frame({"id": 10**6, "value": {"int": 3}}))',
    "an_answer_given_twice": """
        done = frame({"id": number(), "value": {"int": 3}})
        say(done, done, done)""",
    "a_handle_of_the_wrong_type": """
        bad = {"handle": "1", "type": 7, "callable": 1}
        say(*(frame({"id": i, "value": bad}) for i in range(number(), 40)))""",
    "an_array_of_a_wrong_size": """
        bad = {"numpy": [0, "<f8", [2**31, 2**31]], "scalar": False}
        say(*(frame({"id": i, "value": bad}, [8], b"x" * 8)
              for i in range(number(), 40)))""",
    "an_array_of_objects_on_the_wire": """
        bad = {"numpy": [0, "|O", [1]], "scalar": False}
        say(*(frame({"id": i, "value": bad}, [8], b"x" * 8)
              for i in range(number(), 40)))""",
    "a_tensor_of_a_type_that_is_code": """
        bad = {"torch": [0, "|u1", [8]], "dtype": "load", "grad": True}
        say(*(frame({"id": i, "value": bad}, [8], b"x" * 8)
              for i in range(number(), 40)))""",
    "a_buffer_of_a_negative_number": """
        bad = {"str": -1}
        say(*(frame({"id": i, "value": bad}, [1], b"x") for i in range(number(), 40)))
        """,
    "a_value_with_two_tags": """
        bad = {"int": "3", "__class__": "Award", "handle": 1}
        say(*(frame({"id": i, "value": bad}) for i in range(number(), 40)))""",
    "a_float_that_is_no_hex": """
        say(*(frame({"id": i, "value": {"float": "0x1p99999999"}})
              for i in range(number(), 40)))""",
    "an_exception_of_the_wrong_form": """
        say(*(frame({"id": i, "raised": [["AssertionError"], None]})
              for i in range(number(), 40)))""",
    "an_exception_with_a_text_of_10_mb": """
        say(*(frame({"id": i, "raised": ["GraderFault", "x" * 10**7]})
              for i in range(number(), number() + 3)))""",
    "the_socket_is_closed": """
        for n in range(3, 256):
            try:
                os.close(n)
            except OSError:
                pass""",
    "the_socket_is_half_closed": """
        for box in sockets():
            box.shutdown(socket.SHUT_WR)""",
    "the_questions_are_stolen": """
        import threading
        def steal():
            for box in sockets():
                while box.recv(1000):
                    pass
        for _ in range(3):
            threading.Thread(target=steal, daemon=True).start()""",
    "descriptors_are_sent_over_the_socket": """
        import array
        rights = array.array("i", [0, 1, 2])
        for box in sockets():
            box.sendmsg([b"xxxx"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
        """,
    "a_twin_answers_too": """
        if os.fork() == 0:
            for i in range(200):
                say(frame({"id": i, "value": {"int": 3}}))
            time.sleep(1000)""",
}
for _name, _body in _LIES.items():
    cheat(_name, "wire", _HEAD + textwrap.dedent(_body).strip("\n"))

# The same from within a call of a test: that question is lost, the others are not.
_CALLS = {
    "a_call_answers_itself": 'say(frame({"id": number(), "value": {"int": 3}}))',
    "a_call_closes_the_socket": "os.closerange(3, 256)",
    "a_call_sends_no_json": 'say(frame(b"no"))',
    "a_call_promises_2_to_the_62": 'say(frame({"id": number()}, [2**62]))',
    "a_call_sends_half_a_frame": 'say(struct.pack("!I", 100) + b"[")',
    "a_call_ends_the_process": "os._exit(0)",
    "a_call_swaps_the_channel": """
        for found in gc.get_objects():
            if type(found).__name__ == "Candidate":
                found.channel = None""",
}
for _name, _body in _CALLS.items():
    _inner = textwrap.indent(textwrap.dedent(_body).strip("\n"), "    ")
    spoil(_name, "wire", "q1", f"{_HEAD}def add(a, b):\n{_inner}\n    return 0")

_PATCHES = {
    "json_is_patched": "json.dumps = lambda *a, **k: '[{}, []]'",
    "struct_is_patched": "struct.Struct.pack = lambda *a: b''",
    "examiner_encodes_as_told": """
        import examiner.candidate, examiner.wire.encode
        examiner.candidate.encode = lambda v, *a, **k: {"bool": 1}""",
    "examiner_answers_as_told": """
        from examiner.candidate import Candidate, VERBS, TOUCHES
        for name in list(TOUCHES):
            TOUCHES[name] = lambda *a, **k: True
        VERBS["ask"] = lambda *a: {"value": {"list": [{"none": 1}, {"tuple": []}]}}
        VERBS["name"] = lambda *a: {"value": {"bool": 1}}""",
    "examiner_says_that_it_equals": """
        from examiner.candidate import TOUCHES
        class Any:
            def __getattr__(self, name): return self
            def __call__(self, *a, **k): return self
        TOUCHES.update(equal=lambda *a: True, contains=lambda *a: True,
                       bool=lambda *a: True, len=lambda *a: 2,
                       iter=lambda *a: [Any(), Any()])
        add = running_sum = squares = evens = scaled = lambda *a: Any()""",
}
for _name, _body in _PATCHES.items():
    cheat(_name, "wire", _HEAD + textwrap.dedent(_body).strip("\n"))
