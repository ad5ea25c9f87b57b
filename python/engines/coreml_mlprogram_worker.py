"""Core ML, format mlprogram: what `ct.convert` makes by default. Predicts on macOS only."""

import convdiff_worker
import coreml_models
import coremltools as ct

chosen = convdiff_worker.options(precision=("f16", "f32"), units=("all", "cpu", "cpu-gpu", "cpu-ane"))


def conv2d(p, x, w, b):
    return coreml_models.predict(coreml_models.mlprogram(p, w, b, chosen["precision"], chosen["units"]), x)


if __name__ == "__main__":
    convdiff_worker.run(conv2d, engine="coreml-mlprogram", version=ct.__version__, options=chosen,
                        arithmetic=chosen["precision"], supported="every problem", max_batch=16)
