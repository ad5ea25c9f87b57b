//! Core ML by coremltools, without torch: an ML program in both precisions and a neural network, on all compute units.

use super::{Engine, imports, may_transform, tensors, tolerance};
use crate::backend::Arithmetic;
use crate::export::Subject;
use crate::problem::Problem;

/// The engine.
pub(super) const ENGINE: Engine = Engine {
    name: "coremltools",
    about: "Saves each model, runs it on all compute units; exits with 2 on a mismatch, 4 off macOS: Core ML is not there.",
    write,
};

const ARRAY: [&str; 2] = ["np.array(", ", np.float32)"];

/// On the GPU and the Neural Engine a neural network adds in f16, so it has the tolerance of f16.
fn write(subject: &Subject<'_>, width: usize) -> String {
    let p = subject.case.problem;
    let single = tolerance(subject, may_transform(subject), ARRAY);
    let half = tolerance(subject, Arithmetic::F16, ARRAY);
    format!(
        "{}import sys
import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb

{}tolerance = {{\"f32\": {single}, \"f16\": {half}}}  # 0 where small integers make every order of summation exact

@mb.program(input_specs=[mb.TensorSpec(shape=x.shape)], opset_version=ct.target.iOS15)
def program(x):
    return {}
def mlprogram(p): return ct.convert(program, minimum_deployment_target=ct.target.iOS15, compute_precision=p)
features = [[(name, ct.models.datatypes.Array(*a.shape))] for name, a in [(\"x\", x), (\"y\", expected)]]
builder = ct.models.neural_network.NeuralNetworkBuilder(*features, disable_rank5_shape_mapping=True)
{}
models = [(\"mlprogram-f32.mlpackage\", \"f32\", mlprogram(ct.precision.FLOAT32)),
          (\"mlprogram-f16.mlpackage\", \"f16\", mlprogram(ct.precision.FLOAT16)),
          (\"neuralnetwork.mlmodel\", \"f16\", ct.models.MLModel(builder.spec))]
code = 0 if sys.platform == \"darwin\" else 4
print(\"coremltools\", ct.__version__, \"expected\", expected, sep=\"\\n\")
for name, precision, model in models:
    model.save(name)
    for unit in ct.ComputeUnit if code != 4 else []:
        result = ct.models.MLModel(name, compute_units=unit).predict({{\"x\": x}})[\"y\"]
        wrong = np.argwhere(~np.isclose(result, expected, rtol=0, atol=tolerance[precision], equal_nan=True)).tolist()
        print(f\"{{name}} {{unit.name}}: {{f'wrong at {{wrong}}' if wrong else 'as expected'}}\", result, sep=\"\\n\")
        code = 2 if wrong else code
if code == 4:
    print(\"saved, not run: Core ML predicts on macOS alone\")
sys.exit(code)
",
        imports(subject),
        tensors(subject, ARRAY, width),
        program(p),
        network(p),
    )
}

/// MIL's pads are top, bottom, left, right.
fn program(p: &Problem) -> String {
    let pads = p.padding;
    format!(
        "mb.conv(x=x, weight=w{}, strides=[{}, {}], pad_type=\"custom\", pad=[{}, {}, {}, {}], dilations=[{}, {}], groups={}, name=\"y\")",
        if p.bias { ", bias=b" } else { "" },
        p.stride.h,
        p.stride.w,
        pads.top,
        pads.bottom,
        pads.left,
        pads.right,
        p.dilation.h,
        p.dilation.w,
        p.groups
    )
}

/// The builder takes weights as KH, KW, C/G, O.
fn network(p: &Problem) -> String {
    let pads = p.padding;
    format!(
        "builder.add_convolution(\"y\", {}, {}, {}, {}, {}, {}, \"valid\", {}, w.transpose(2, 3, 1, 0), b, {}, input_name=\"x\", output_name=\"y\",
                        dilation_factors=[{}, {}], padding_top={}, padding_bottom={}, padding_left={}, padding_right={})",
        p.in_channels_per_group(),
        p.out_channels,
        p.kernel.h,
        p.kernel.w,
        p.stride.h,
        p.stride.w,
        p.groups,
        if p.bias { "True" } else { "False" },
        p.dilation.h,
        p.dilation.w,
        pads.top,
        pads.bottom,
        pads.left,
        pads.right
    )
}
