"""A convdiff worker in Python: a function that computes a convolution, and `run`.

    import convdiff_worker                      # first: from here on nothing that prints can break the stream
    import my_engine

    def conv2d(problem, x, w, b):               # x: N×C×H×W, w: O×(C/G)×KH×KW, b: O values or None; all float32
        return my_engine.conv(x, w, b, strides=problem.strides, pads=problem.pads, …)      # N×O×OH×OW

    def supports(problem):                      # None, or why not, in words that complete "unsupported: "
        return "groups" if problem.groups > 1 else None

    convdiff_worker.run(conv2d, supports=supports, engine="my engine", version=my_engine.__version__)

It needs Python 3.8 or newer and numpy. `docs/worker-protocol.md` of convdiff says what goes over the pipes.

Importing this module takes file descriptors 0 and 1 away, unless standard input is a terminal: the protocol goes on over
copies of them, descriptor 1 becomes standard error and descriptor 0 the null device, for C code as well as Python's.
"""

import gc
import os
import re
import struct
import sys
import time
from typing import NamedTuple, Optional

__all__ = ["Problem", "Unsupported", "options", "pad", "run"]

_STREAMS = None
if not os.isatty(0):
    _STREAMS = os.dup(0), os.dup(1)
    os.dup2(2, 1)
    _null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(_null, 0)
    os.close(_null)

import numpy as np  # noqa: E402, behind what protects the stream from it

_HEADER = struct.Struct("<4sIQ")
_PROBLEM = struct.Struct("<20I")
_DONE = struct.Struct("<4sIQ4I")
_FLUSH_BYTES = 1 << 16
_FLUSH_SECONDS = 0.02
_LONGEST_TEXT = 1 << 16


class Unsupported(Exception):
    """Raised by `conv2d` where only running it shows that the engine can't."""


class Problem(NamedTuple):
    """One convolution. Channels are totals over all groups; dilation 1 is a dense kernel; pads are zeros."""

    batch: int
    in_channels: int
    out_channels: int
    groups: int
    input_h: int
    input_w: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    dilation_h: int
    dilation_w: int
    pad_top: int
    pad_left: int
    pad_bottom: int
    pad_right: int
    bias: int
    output_h: int
    output_w: int
    number: int

    @property
    def pads(self):
        """Top, left, bottom, right."""
        return self[12:16]

    @property
    def strides(self):
        """Along h, along w."""
        return self[8:10]

    @property
    def dilations(self):
        """Along h, along w."""
        return self[10:12]

    @property
    def symmetric(self):
        """Whether begin and end pads are the same on both axes."""
        return self[12] == self[14] and self[13] == self[15]

    @property
    def input_shape(self):
        """N, C, H, W."""
        return self[0], self[1], self[4], self[5]

    @property
    def weights_shape(self):
        """O, C/G, KH, KW."""
        return self[2], self[1] // self[3], self[6], self[7]

    @property
    def output_shape(self):
        """N, O, OH, OW."""
        return self[0], self[2], self[17], self[18]


def pad(problem, x):
    """`x` with the problem's pads as zeros around it, for engines that can't state them."""
    top, left, bottom, right = problem.pads
    n, c, h, w = x.shape
    padded = np.zeros((n, c, top + h + bottom, left + w + right), np.float32)
    padded[:, :, top:top + h, left:left + w] = x
    return padded


def options(**allowed):
    """The options that convdiff started the worker with, `NAME=VALUE` an argument.

    Each keyword lists the values of one option, the default first: `options(optimize=("all", "off"))`; an `int` there
    stands for any whole number. Returns them all as strings or ints. Ends the process where an argument is none of them.
    """
    chosen = {name: values[0] for name, values in allowed.items()}
    for argument in sys.argv[1:]:
        name, _, value = argument.partition("=")
        if name not in allowed:
            sys.exit(f"no option is called {name!r}; there are: {', '.join(allowed) or 'none'}")
        if isinstance(chosen[name], int):
            try:
                chosen[name] = int(value)
            except ValueError:
                sys.exit(f"{name} must be a whole number, not {value!r}")
        elif value in allowed[name]:
            chosen[name] = value
        else:
            sys.exit(f"{name} must be one of {', '.join(allowed[name])}, not {value!r}")
    return chosen


def run(
    conv2d,
    supports=None,
    *,
    engine: str,
    version: str,
    conv2d_many=None,
    options=None,
    arithmetic: str = "f32",
    supported: str = "",
    max_batch: Optional[int] = None,
):
    """Answers batches until convdiff closes the stream.

    `conv2d(problem, x, w, b)` returns the output; what is not float32 is rounded to it. Operands are read-only views, gone
    after the batch. An
    exception is that problem's error; `Unsupported` says that it can't be run.
    `supports(problem)` returns None or the reason why not.
    `conv2d_many(cases)` takes a list of `(problem, x, w, b)` and returns their outputs in order, for engines in which many
    problems in one model are cheaper. Where it raises, its problems are run one by one, so that one bad
    problem doesn't fail the others.
    `options` are shown with the version. `arithmetic` is how the engine adds, which decides what rounding is forgiven:
    "f32", "f32-transformed" (Winograd, FFT), "f16" or "bf16". `supported` says in words what it takes.
    """
    if _STREAMS is None:
        sys.exit("this is a worker of convdiff: `convdiff sweep -b \"worker:python3 FILE\"`")
    stdin, stdout = os.fdopen(_STREAMS[0], "rb"), os.fdopen(_STREAMS[1], "wb", buffering=0)
    shown = "&".join(f"{name}={value}" for name, value in options.items()) if isinstance(options, dict) else options
    greeting = {
        "engine": engine,
        "version": version,
        "options": shown or "",
        "arithmetic": arithmetic,
        "dtypes": "f32",
        "supports": supported,
        "max_batch": max_batch or 1024,
    }
    text = "".join(f"{key}: {' '.join(str(value).split())}\n" for key, value in greeting.items()).encode()
    answers = _Answers(stdout)
    answers.add(_HEADER.pack(b"HELO", 1, len(text)) + text)
    answers.flush()
    batches = _Batches(stdin)
    gc.freeze()  # what the engine's modules hold stays: no collection need look at it again
    while True:
        batch = batches.read()
        if batch is None:
            return
        if conv2d_many is None or len(batch) == 1:
            _answer_each(batch, conv2d, supports, answers)
        else:
            _answer_together(batch, conv2d, conv2d_many, supports, answers)
        answers.flush()


class _Answers:
    """What waits to be written: a write a batch, or one every 20 milliseconds, not one a problem."""

    def __init__(self, stdout):
        self.stdout = stdout
        self.waiting = []
        self.bytes = 0
        self.flushed = time.monotonic()

    def add(self, answer):
        self.waiting.append(answer)
        self.bytes += len(answer)

    def flush_when_due(self):
        if self.bytes >= _FLUSH_BYTES or time.monotonic() - self.flushed >= _FLUSH_SECONDS:
            self.flush()

    def flush(self):
        rest = memoryview(b"".join(self.waiting))
        while rest:
            rest = rest[self.stdout.write(rest):]
        self.waiting.clear()
        self.bytes = 0
        self.flushed = time.monotonic()


class _Batches:
    """Reads batches, one after the other into the same memory."""

    def __init__(self, stdin):
        self.stdin = stdin
        self.memory = bytearray()

    def read(self):
        """The next batch as a list of `(problem, x, w, b)`; None at the end of the stream."""
        header = self.stdin.read(_HEADER.size)
        if not header:
            return None
        if len(header) != _HEADER.size:
            raise SystemExit("the stream ends inside a batch")
        letters, count, length = _HEADER.unpack(header)
        if letters != b"BTCH":
            raise SystemExit(f"convdiff sent {letters!r} where a batch was due")
        if len(self.memory) < length:
            self.memory = bytearray(length)
        payload = memoryview(self.memory)[:length]
        if self.stdin.readinto(payload) != length:
            raise SystemExit("the stream ends inside a batch")
        payload = payload.toreadonly()
        floats = np.frombuffer(payload, "<f4", offset=count * _PROBLEM.size)
        batch = []
        at = 0
        for words in _PROBLEM.iter_unpack(payload[:count * _PROBLEM.size]):
            n, c, o, g, ih, iw, kh, kw = words[:8]
            w_at = at + n * c * ih * iw
            b_at = w_at + o * (c // g) * kh * kw
            x = floats[at:w_at].reshape(n, c, ih, iw)
            w = floats[w_at:b_at].reshape(o, c // g, kh, kw)
            at = b_at
            b = None
            if words[16]:
                at += o
                b = floats[b_at:at]
            batch.append((Problem._make(words), x, w, b))
        return batch


def _text(letters, number, text):
    payload = text.encode(errors="replace")[:_LONGEST_TEXT]
    return _HEADER.pack(letters, number, len(payload)) + payload


def _error(number, error):
    if isinstance(error, Unsupported):
        return _text(b"CANT", number, str(error))
    words = f"{type(error).__name__}: {error}"
    if error.__cause__ is not None:
        words += f", from {type(error.__cause__).__name__}: {error.__cause__}"
    # An address is another one in each process, and a map is the same each time.
    return _text(b"FAIL", number, re.sub(r"0x[0-9a-f]{6,}", "0x…", words).strip())


def _output(number, y):
    """The frame of an output. A wrong rank is the worker's error: the protocol has room for four extents."""
    if y is None:
        return _text(b"FAIL", number, "conv2d returned None: an array is due")
    if not isinstance(y, np.ndarray) or y.dtype != np.float32:
        y = np.asarray(y)
        if y.dtype.kind == "c":
            return _text(b"FAIL", number, f"its output is {y.dtype}: real numbers are due")
        y = y.astype(np.float32)
    if y.ndim != 4:
        return _text(b"FAIL", number, f"its output has shape {list(y.shape)}: four extents are due")
    return _DONE.pack(b"DONE", number, 16 + y.nbytes, *y.shape) + y.tobytes()


def _reason(supports, problem):
    """Why the problem isn't taken, or None. Yes or no is no reason, and easily the wrong way round."""
    reason = supports(problem) if supports else None
    if reason is not None and not isinstance(reason, str):
        raise TypeError(f"supports returned {reason!r}: None, or the reason why not as a string, is due")
    return reason


def _answer_each(batch, conv2d, supports, answers):
    for problem, x, w, b in batch:
        number = problem.number
        try:
            reason = _reason(supports, problem)
            if reason:
                answers.add(_text(b"CANT", number, reason))
            else:
                answers.add(_output(number, conv2d(problem, x, w, b)))
        except Exception as error:  # whatever the engine raises is this problem's answer
            answers.add(_error(number, error))
        answers.flush_when_due()


def _answer_together(batch, conv2d, conv2d_many, supports, answers):
    try:
        reasons = [_reason(supports, case[0]) for case in batch]
        taken = [case for case, reason in zip(batch, reasons) if not reason]
        outputs = list(conv2d_many(taken)) if taken else []
        if len(outputs) != len(taken):
            raise ValueError(f"conv2d_many returned {len(outputs)} outputs for {len(taken)} problems")
    except Exception:
        return _answer_each(batch, conv2d, supports, answers)
    outputs = iter(outputs)
    for (problem, *_), reason in zip(batch, reasons):
        try:
            answers.add(_text(b"CANT", problem.number, reason) if reason else _output(problem.number, next(outputs)))
        except Exception as error:  # an output that is no array
            answers.add(_error(problem.number, error))
