"""MNN on the CPU: an .onnx model for each problem, through MNN's own converter.

With a batch of 128 problems in one model, one of 10,000 came out wrong that alone never does, so each is alone.

(Its expression API is another way in; in 3.6.1 its `conv2d` takes a group for the channel multiplier that it isn't: with 2
groups, 2 input and 4 output channels it reads channel 0 alone. That is no engine path that a model takes.)
"""

import os
import tempfile
from importlib.metadata import version

import convdiff_worker
import MNN
import numpy as np
import onnx_model
from _tools import mnnconvert

chosen = convdiff_worker.options(precision=("f32", "bf16"), threads=(1,))
PRECISION = {"f32": "high", "bf16": "low_bf16"}


def path(name):
    """Where a model goes. In memory on Linux, for a worker that is killed can't clean up."""
    if hasattr(os, "memfd_create"):
        return f"/proc/self/fd/{os.memfd_create(name)}"
    return os.path.join(tempfile.mkdtemp(prefix="convdiff-mnn-"), name)


SOURCE, TARGET = path("model.onnx"), path("model.mnn")


def tensor(array):
    return MNN.Tensor(array.shape, MNN.Halide_Type_Float, array, MNN.Tensor_DimensionType_Caffe)


def conv2d(*case):
    p, x, _, _ = case
    with open(SOURCE, "wb") as file:
        file.write(onnx_model.model([case]))
    mnnconvert(["mnnconvert", "-f", "ONNX", "--modelFile", SOURCE, "--MNNModel", TARGET, "--bizCode", "convdiff"])
    interpreter = MNN.Interpreter(TARGET)
    session = interpreter.createSession(
        {"backend": "CPU", "numThread": chosen["threads"], "precision": PRECISION[chosen["precision"]]})
    operand = np.ascontiguousarray(x)
    interpreter.getSessionInput(session, "x0").copyFrom(tensor(operand))
    interpreter.runSession(session)
    output = interpreter.getSessionOutput(session, "y0")
    if tuple(output.getShape()) != p.output_shape:
        raise RuntimeError(f"output of shape {output.getShape()} instead of {p.output_shape}")
    host = tensor(np.zeros(p.output_shape, np.float32))
    output.copyToHostTensor(host)
    return np.array(host.getNumpyData(), np.float32).reshape(p.output_shape)


if __name__ == "__main__":
    convdiff_worker.run(conv2d, engine="mnn", version=version("MNN"), options=chosen,
                        arithmetic="bf16" if chosen["precision"] == "bf16" else "f32-transformed",
                        supported="every problem")
