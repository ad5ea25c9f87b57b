"""Builds and saves Core ML models of 200 random problems in both formats, loads each specification again, and holds the
output shape that coremltools infers against the problem's. Prints a line a format."""

import random
import sys
import tempfile

import convdiff_worker
import coreml_models
import coremltools as ct
import numpy as np
from coremltools.converters.mil.frontend.milproto import load as milproto

COUNT = 200


def problem(rng, number):
    while True:
        g = rng.choice((1, 1, 2, 4))
        c, o = g * rng.randint(1, 4), g * rng.randint(1, 4)
        n, ih, iw, kh, kw = (rng.randint(1, m) for m in (3, 9, 9, 5, 5))
        sh, sw, dh, dw = (rng.randint(1, 3) for _ in range(4))
        top, left, bottom, right = (rng.randint(0, 3) for _ in range(4))
        rows, columns = ih + top + bottom - dh * (kh - 1) - 1, iw + left + right - dw * (kw - 1) - 1
        if rows >= 0 and columns >= 0:
            return convdiff_worker.Problem(n, c, o, g, ih, iw, kh, kw, sh, sw, dh, dw, top, left, bottom, right,
                                           rng.randint(0, 1), rows // sh + 1, columns // sw + 1, number)


def program_shape(p, w, b, folder):
    path = f"{folder}/{p.number}.mlpackage"
    coreml_models.mlprogram(p, w, b, ("f16", "f32")[p.number % 2], skip_load=True).save(path)
    model = ct.models.MLModel(path, skip_model_load=True)
    # milproto types every operation anew from the saved program.
    program = milproto.load(model.get_spec(), ct.target.iOS15, file_weights_dir=model.weights_dir)
    (output,) = program.functions["main"].outputs
    return tuple(output.shape)


def network_shape(p, w, b, folder):
    path = f"{folder}/{p.number}.mlmodel"
    ct.models.MLModel(coreml_models.neuralnetwork(p, w, b), skip_model_load=True).save(path)
    spec = ct.utils.load_spec(path)
    layer = spec.neuralNetwork.layers[0].convolution
    begin_end = [(a.startEdgeSize, a.endEdgeSize) for a in layer.valid.paddingAmounts.borderAmounts]
    sizes = spec.description.input[0].type.multiArrayType.shape[2:]
    # Core ML infers a network's shapes as it loads, on macOS; coremltools has no inference for them. So from what was saved.
    along = [(size + sum(pads) - d * (k - 1) - 1) // s + 1 for size, pads, k, s, d in
             zip(sizes, begin_end, layer.kernelSize, layer.stride, layer.dilationFactor)]
    return (spec.description.input[0].type.multiArrayType.shape[0], layer.outputChannels, *along)


rng, np_rng = random.Random(1), np.random.default_rng(1)
problems = [problem(rng, number) for number in range(COUNT)]
for name, shape in (("mlprogram", program_shape), ("neuralnetwork", network_shape)):
    right = 0
    with tempfile.TemporaryDirectory() as folder:
        for p in problems:
            w = np_rng.integers(1, 3, p.weights_shape).astype(np.float32)
            b = np_rng.integers(1, 3, p.out_channels).astype(np.float32) if p.bias else None
            found = shape(p, w, b, folder)
            if found == p.output_shape:
                right += 1
            else:
                sys.stderr.write(f"{name}: {found} instead of {p.output_shape} for {p}\n")
    sys.stderr.write(f"{name}: {right} of {COUNT} right\n")
