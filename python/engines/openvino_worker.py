"""OpenVINO on the CPU: all problems of a batch in one compiled model, since compiling is what costs."""

import convdiff_worker
import numpy as np
import openvino as ov
from openvino import opset13 as ops

chosen = convdiff_worker.options(precision=("f32", "bf16", "f16"), threads=(1,))
core = ov.Core()
# On CPUs that have it, bf16 is the default.
CONFIG = {
    "INFERENCE_PRECISION_HINT": chosen["precision"],
    "INFERENCE_NUM_THREADS": chosen["threads"],
    "PERFORMANCE_HINT": "LATENCY",
    "NUM_STREAMS": 1,
}


def node(p, x, w, b):
    """The input and the output of one convolution."""
    parameter = ops.parameter(p.input_shape, np.float32)
    begins, ends = [p.pad_top, p.pad_left], [p.pad_bottom, p.pad_right]
    strides, dilations = list(p.strides), list(p.dilations)
    if p.groups == 1:
        y = ops.convolution(parameter, ops.constant(w.copy()), strides, begins, ends, dilations)
    else:
        grouped = w.reshape(p.groups, p.out_channels // p.groups, *w.shape[1:])
        y = ops.group_convolution(parameter, ops.constant(grouped.copy()), strides, begins, ends, dilations)
    return parameter, y if b is None else ops.add(y, ops.constant(b.reshape(1, -1, 1, 1).copy()))


def conv2d_many(cases):
    nodes = [node(*case) for case in cases]
    model = ov.Model([ops.result(y) for _, y in nodes], [x for x, _ in nodes], "convdiff")
    request = core.compile_model(model, "CPU", CONFIG).create_infer_request()
    for index, (_, x, _, _) in enumerate(cases):
        request.set_input_tensor(index, ov.Tensor(x.copy()))
    request.infer()
    return [request.get_output_tensor(index).data.copy() for index in range(len(cases))]


def conv2d(*case):
    return conv2d_many([case])[0]


if __name__ == "__main__":
    # Its own name for a version is `2026.4.1-22222-abcdef…`.
    convdiff_worker.run(conv2d, conv2d_many=conv2d_many, engine="openvino", version=ov.__version__.split("-")[0],
                        options=chosen, arithmetic=chosen["precision"], supported="every problem")
