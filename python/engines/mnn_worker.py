"""MNN on the CPU: .onnx models, a batch in one, through MNN's own converter.

(Its expression API is another way in; in 3.6.1 its `conv2d` takes a group for the channel multiplier that it isn't: with 2
groups, 2 input and 4 output channels it reads channel 0 alone. That is no engine path that a model takes.)
"""

import atexit
import os
import shutil
import tempfile
from importlib.metadata import version

import convdiff_worker
import MNN
import numpy as np
import onnx_model
from _tools import mnnconvert

chosen = convdiff_worker.options(precision=("f32", "bf16"), threads=(1,))
PRECISION = {"f32": "high", "bf16": "low_bf16"}
folder = tempfile.mkdtemp(prefix="convdiff-mnn-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
atexit.register(shutil.rmtree, folder, ignore_errors=True)


def tensor(array):
    return MNN.Tensor(array.shape, MNN.Halide_Type_Float, array, MNN.Tensor_DimensionType_Caffe)


def conv2d_many(cases):
    source, target = os.path.join(folder, "model.onnx"), os.path.join(folder, "model.mnn")
    with open(source, "wb") as file:
        file.write(onnx_model.model(cases))
    mnnconvert(["mnnconvert", "-f", "ONNX", "--modelFile", source, "--MNNModel", target, "--bizCode", "convdiff"])
    interpreter = MNN.Interpreter(target)
    session = interpreter.createSession(
        {"backend": "CPU", "numThread": chosen["threads"], "precision": PRECISION[chosen["precision"]]})
    for i, (_, x, _, _) in enumerate(cases):
        interpreter.getSessionInput(session, f"x{i}").copyFrom(tensor(np.ascontiguousarray(x)))
    interpreter.runSession(session)
    outputs = []
    for i, (p, _, _, _) in enumerate(cases):
        y = np.zeros(p.output_shape, np.float32)
        host = tensor(y)
        output = interpreter.getSessionOutput(session, f"y{i}")
        if tuple(output.getShape()) != p.output_shape:
            raise RuntimeError(f"output of shape {output.getShape()} instead of {p.output_shape}")
        output.copyToHostTensor(host)
        outputs.append(np.array(host.getNumpyData(), np.float32).reshape(p.output_shape))
    return outputs


def conv2d(*case):
    return conv2d_many([case])[0]


if __name__ == "__main__":
    convdiff_worker.run(conv2d, conv2d_many=conv2d_many, engine="mnn", version=version("MNN"), options=chosen,
                        arithmetic="bf16" if chosen["precision"] == "bf16" else "f32-transformed",
                        supported="every problem")
