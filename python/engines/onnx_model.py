"""An .onnx model of convolutions, written as protobuf by hand: engines that read .onnx need not bring the `onnx` package.

Field numbers are those of onnx.proto (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, ValueInfoProto).
"""

OPSET = 13
FLOAT, INT = 1, 2  # TensorProto.FLOAT, AttributeProto.INT
INTS = 7  # AttributeProto.INTS


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field, value):
    return varint(field << 3) + varint(value)


def chunk(field, payload):
    if isinstance(payload, str):
        payload = payload.encode()
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def ints(name, values):
    return chunk(5, chunk(1, name) + b"".join(number(8, value) for value in values) + number(20, INTS))


def tensor(name, array):
    return chunk(5, b"".join(number(1, extent) for extent in array.shape)
                 + number(2, FLOAT) + chunk(8, name) + chunk(9, array.tobytes()))


def value(field, name, shape):
    dims = b"".join(chunk(1, number(1, extent)) for extent in shape)
    return chunk(field, chunk(1, name) + chunk(2, chunk(1, number(1, FLOAT) + chunk(2, dims))))


def conv(p, i, w, b):
    """Convolution `i`: a node `y{i} = Conv(x{i})` with its weights as initializers, its input and its output."""
    names = [f"x{i}", f"w{i}"] + ([] if b is None else [f"b{i}"])
    group = chunk(5, chunk(1, "group") + number(3, p.groups) + number(20, INT))
    node = b"".join(chunk(1, name) for name in names) + chunk(2, f"y{i}") + chunk(3, f"conv{i}") + chunk(4, "Conv")
    node += ints("kernel_shape", (p.kernel_h, p.kernel_w)) + ints("strides", p.strides)
    node += ints("dilations", p.dilations) + ints("pads", p.pads) + group
    graph = chunk(1, node) + tensor(f"w{i}", w) + value(11, f"x{i}", p.input_shape) + value(12, f"y{i}", p.output_shape)
    return graph if b is None else graph + tensor(f"b{i}", b)


def model(cases):
    """The model of `(problem, x, w, b)`, …: inputs `x0`, `x1`, …, outputs `y0`, `y1`, ….

    The order of fields does not matter in protobuf, so each convolution brings all of its own.
    """
    graph = b"".join(conv(p, i, w, b) for i, (p, _, w, b) in enumerate(cases)) + chunk(2, "convdiff")
    return number(1, 8) + chunk(7, graph) + chunk(8, chunk(1, "") + number(2, OPSET))
