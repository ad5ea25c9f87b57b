"""Core ML, format neuralnetwork. Predicts on macOS only. On the GPU and the Neural Engine it computes in half precision."""

import convdiff_worker
import coreml_models
import coremltools as ct

chosen = convdiff_worker.options(units=("all", "cpu", "cpu-gpu", "cpu-ane"))


def conv2d(p, x, w, b):
    model = ct.models.MLModel(coreml_models.neuralnetwork(p, w, b), compute_units=coreml_models.UNITS[chosen["units"]])
    return coreml_models.predict(model, x)


if __name__ == "__main__":
    convdiff_worker.run(conv2d, engine="coreml-neuralnetwork", version=ct.__version__, options=chosen,
                        arithmetic="f32" if chosen["units"] == "cpu" else "f16", supported="every problem", max_batch=16)
