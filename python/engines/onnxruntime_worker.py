"""ONNX Runtime on the CPU: a model and a session for each batch."""

import convdiff_worker
import onnx_model
import onnxruntime as ort

chosen = convdiff_worker.options(optimize=("all", "off", "basic", "extended"), threads=(1,))
LEVELS = {
    "off": ort.GraphOptimizationLevel.ORT_DISABLE_ALL,
    "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
    "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
    "all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
}
settings = ort.SessionOptions()
settings.graph_optimization_level = LEVELS[chosen["optimize"]]
settings.intra_op_num_threads = chosen["threads"]
settings.inter_op_num_threads = 1
settings.log_severity_level = 3


def conv2d_many(cases):
    session = ort.InferenceSession(onnx_model.model(cases), settings, providers=["CPUExecutionProvider"])
    return session.run([f"y{i}" for i in range(len(cases))], {f"x{i}": case[1] for i, case in enumerate(cases)})


def conv2d(*case):
    return conv2d_many([case])[0]


if __name__ == "__main__":
    convdiff_worker.run(conv2d, conv2d_many=conv2d_many, engine="onnxruntime", version=ort.__version__,
                        options=chosen, supported="every problem")
