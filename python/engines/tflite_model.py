"""A .tflite model of convolutions, written with the `tflite` schema and `flatbuffers`: no TensorFlow needed.

TFLite states two paddings, SAME and VALID. Problems padded just as SAME pads say so; any other pad is an op of its own in
front. Layout is NHWC, weights are O×KH×KW×(C/G).
"""

import flatbuffers
import numpy as np
import tflite


def same(p):
    """Whether SAME padding is what the problem asks for."""

    def along(size, kernel, stride, dilation, begin, end):
        total = max((-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size, 0)
        return (begin, end) == (total // 2, total - total // 2)

    return along(p.input_h, p.kernel_h, p.stride_h, p.dilation_h, p.pad_top, p.pad_bottom) and along(
        p.input_w, p.kernel_w, p.stride_w, p.dilation_w, p.pad_left, p.pad_right)


class Model:
    """Buffers, tensors and ops of one subgraph under way."""

    def __init__(self, depthwise):
        self.builder = flatbuffers.Builder(1 << 12)
        self.buffers, self.tensors, self.ops = [self.buffer(b"")], [], []
        self.depthwise = depthwise

    def buffer(self, payload):
        data = self.builder.CreateByteVector(payload) if payload else None
        tflite.BufferStart(self.builder)
        if data:
            tflite.BufferAddData(self.builder, data)
        return tflite.BufferEnd(self.builder)

    def vector(self, offsets):
        self.builder.StartVector(4, len(offsets), 4)
        for offset in reversed(offsets):
            self.builder.PrependUOffsetTRelative(offset)
        return self.builder.EndVector()

    def integers(self, values):
        return self.builder.CreateNumpyVector(np.array(values, np.int32))

    def tensor(self, name, shape, constant=None, kind=tflite.TensorType.FLOAT32):
        """The index of a new tensor."""
        buffer = 0
        if constant is not None:
            buffer = len(self.buffers)
            self.buffers.append(self.buffer(constant.tobytes()))
        name, shape = self.builder.CreateString(name), self.integers(shape)
        tflite.TensorStart(self.builder)
        tflite.TensorAddShape(self.builder, shape)
        tflite.TensorAddType(self.builder, kind)
        tflite.TensorAddBuffer(self.builder, buffer)
        tflite.TensorAddName(self.builder, name)
        self.tensors.append(tflite.TensorEnd(self.builder))
        return len(self.tensors) - 1

    def op(self, code, inputs, output, options_type, options):
        inputs, outputs = self.integers(inputs), self.integers([output])
        tflite.OperatorStart(self.builder)
        tflite.OperatorAddOpcodeIndex(self.builder, code)
        tflite.OperatorAddInputs(self.builder, inputs)
        tflite.OperatorAddOutputs(self.builder, outputs)
        tflite.OperatorAddBuiltinOptionsType(self.builder, options_type)
        tflite.OperatorAddBuiltinOptions(self.builder, options)
        self.ops.append(tflite.OperatorEnd(self.builder))

    def pad(self, p, i, x):
        n, c, h, w = p.input_shape
        amounts = np.array([[0, 0], [p.pad_top, p.pad_bottom], [p.pad_left, p.pad_right], [0, 0]], np.int32)
        pads = self.tensor(f"pads{i}", (4, 2), amounts, tflite.TensorType.INT32)
        shape = (n, p.pad_top + h + p.pad_bottom, p.pad_left + w + p.pad_right, c)
        padded = self.tensor(f"padded{i}", shape)
        tflite.PadOptionsStart(self.builder)
        options = tflite.PadOptionsEnd(self.builder)
        self.op(0, (x, pads), padded, tflite.BuiltinOptions.PadOptions, options)
        return padded

    def conv(self, i, p, w, b):
        """Convolution `i`; the indices of its input and output."""
        x = source = self.tensor(f"x{i}", (p.batch, p.input_h, p.input_w, p.in_channels))
        padding = tflite.Padding.VALID
        if any(p.pads) and same(p):
            padding = tflite.Padding.SAME
        elif any(p.pads):
            source = self.pad(p, i, x)
        # The kernels want a bias; zeros change no sum.
        bias = self.tensor(f"b{i}", (p.out_channels,), np.zeros(p.out_channels, np.float32) if b is None else b)
        y = self.tensor(f"y{i}", (p.batch, p.output_h, p.output_w, p.out_channels))
        if self.depthwise and 1 < p.groups == p.in_channels:
            kernel = np.ascontiguousarray(w.transpose(1, 2, 3, 0))
            weights = self.tensor(f"w{i}", kernel.shape, kernel)
            code, kind = 2, tflite.BuiltinOptions.DepthwiseConv2DOptions
            start, end, prefix = tflite.DepthwiseConv2DOptionsStart, tflite.DepthwiseConv2DOptionsEnd, "DepthwiseConv2D"
        else:
            kernel = np.ascontiguousarray(w.transpose(0, 2, 3, 1))
            weights = self.tensor(f"w{i}", kernel.shape, kernel)
            code, kind = 1, tflite.BuiltinOptions.Conv2DOptions
            start, end, prefix = tflite.Conv2DOptionsStart, tflite.Conv2DOptionsEnd, "Conv2D"
        start(self.builder)
        values = {"Padding": padding, "StrideW": p.stride_w, "StrideH": p.stride_h,
                  "DilationWFactor": p.dilation_w, "DilationHFactor": p.dilation_h}
        if code == 2:
            values["DepthMultiplier"] = p.out_channels // p.in_channels
        for name, value in values.items():
            getattr(tflite, f"{prefix}OptionsAdd{name}")(self.builder, value)
        self.op(code, (source, weights, bias), y, kind, end(self.builder))
        return x, y


def model(cases, depthwise=True):
    """The model of `(problem, x, w, b)`, …: its inputs and outputs are in their order."""
    graph = Model(depthwise)
    ends = [graph.conv(i, p, w, b) for i, (p, _, w, b) in enumerate(cases)]
    builder = graph.builder
    codes = []
    for code, version in ((tflite.BuiltinOperator.PAD, 1), (tflite.BuiltinOperator.CONV_2D, 1),
                          (tflite.BuiltinOperator.DEPTHWISE_CONV_2D, 2)):
        tflite.OperatorCodeStart(builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(builder, code)
        tflite.OperatorCodeAddBuiltinCode(builder, code)
        tflite.OperatorCodeAddVersion(builder, version)
        codes.append(tflite.OperatorCodeEnd(builder))
    tensors, ops = graph.vector(graph.tensors), graph.vector(graph.ops)
    inputs, outputs = graph.integers([x for x, _ in ends]), graph.integers([y for _, y in ends])
    tflite.SubGraphStart(builder)
    tflite.SubGraphAddTensors(builder, tensors)
    tflite.SubGraphAddOperators(builder, ops)
    tflite.SubGraphAddInputs(builder, inputs)
    tflite.SubGraphAddOutputs(builder, outputs)
    graphs = graph.vector([tflite.SubGraphEnd(builder)])
    codes, buffers = graph.vector(codes), graph.vector(graph.buffers)
    tflite.ModelStart(builder)
    tflite.ModelAddVersion(builder, 3)
    tflite.ModelAddOperatorCodes(builder, codes)
    tflite.ModelAddSubgraphs(builder, graphs)
    tflite.ModelAddBuffers(builder, buffers)
    builder.Finish(tflite.ModelEnd(builder), b"TFL3")
    return bytes(builder.Output())
