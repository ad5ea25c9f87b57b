"""The reference evaluator of the `onnx` package."""

import convdiff_worker
import onnx
import onnx_model
from onnx.reference import ReferenceEvaluator


def conv2d(*case):
    model = onnx.load_model_from_string(onnx_model.model([case]))
    return ReferenceEvaluator(model).run(None, {"x0": case[1]})[0]


if __name__ == "__main__":
    convdiff_worker.run(conv2d, engine="onnx", version=onnx.__version__, supported="every problem")
