"""LiteRT (TensorFlow Lite) on the CPU: a model and an interpreter for each batch."""

import convdiff_worker
import numpy as np
import tflite_model
from ai_edge_litert import interpreter as litert
from importlib.metadata import version

chosen = convdiff_worker.options(
    kernels=("xnnpack", "builtin", "reference"), depthwise=("on", "off"), threads=(1,)
)
RESOLVERS = {
    "xnnpack": litert.OpResolverType.AUTO,
    "builtin": litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    "reference": litert.OpResolverType.BUILTIN_REF,
}


def conv2d_many(cases):
    model = tflite_model.model(cases, chosen["depthwise"] == "on")
    runner = litert.Interpreter(model_content=model, num_threads=chosen["threads"],
                                experimental_op_resolver_type=RESOLVERS[chosen["kernels"]])
    runner.allocate_tensors()
    for detail, (_, x, _, _) in zip(runner.get_input_details(), cases):
        runner.set_tensor(detail["index"], np.ascontiguousarray(x.transpose(0, 2, 3, 1)))
    runner.invoke()
    return [runner.get_tensor(detail["index"]).transpose(0, 3, 1, 2) for detail in runner.get_output_details()]


def conv2d(*case):
    return conv2d_many([case])[0]


if __name__ == "__main__":
    convdiff_worker.run(conv2d, conv2d_many=conv2d_many, engine="litert", version=version("ai-edge-litert"),
                        options=chosen, supported="every problem; pads that are not SAME are an op in front")
