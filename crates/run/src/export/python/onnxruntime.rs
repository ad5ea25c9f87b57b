//! ONNX Runtime, on its CPU provider. The script writes the model's protobuf by hand, so that it needs no `onnx`.

use super::{Engine, comment, imports, tensors, tolerance};
use crate::backend::Arithmetic;
use crate::export::Subject;

/// The engine.
pub(super) const ENGINE: Engine = Engine {
    name: "onnxruntime",
    about: "Builds conv.onnx, runs it with and without graph optimisations; exits with 2 on a mismatch.",
    write,
};

const ARRAY: [&str; 2] = ["np.array(", ", np.float32)"];

/// Field numbers are those of onnx.proto (IR version 8, operator set 13).
fn write(subject: &Subject<'_>, width: usize) -> String {
    let p = subject.case.problem;
    let pads = p.padding;
    let tolerance = tolerance(subject, Arithmetic::F32, ARRAY);
    let bias = p.bias;
    format!(
        "{}import sys
import numpy as np
import onnxruntime as ort

{}tolerance = {tolerance}{}

def varint(n): return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)
def field(key, v): return varint(key << 3) + varint(v) if isinstance(v, int) else varint(key << 3 | 2) + varint(len(v)) + v
def ints(name, values): return field(5, field(1, name) + b\"\".join(field(8, v) for v in values) + field(20, 7))
def tensor(name, a): return field(5, b\"\".join(field(1, d) for d in a.shape) + field(2, 1) + field(8, name) + field(9, a.tobytes()))
def shape(a): return field(2, field(1, field(1, 1) + field(2, b\"\".join(field(1, field(1, d)) for d in a.shape))))
conv = field(1, b\"x\") + field(1, b\"w\"){} + field(2, b\"y\") + field(4, b\"Conv\")
conv += ints(b\"kernel_shape\", [{}, {}]) + ints(b\"strides\", [{}, {}]) + ints(b\"dilations\", [{}, {}])
conv += ints(b\"pads\", [{}, {}, {}, {}]) + field(5, field(1, b\"group\") + field(3, {}) + field(20, 2))
graph = field(1, conv) + field(2, b\"conv\") + tensor(b\"w\", w){}
graph += field(11, field(1, b\"x\") + shape(x)) + field(12, field(1, b\"y\") + shape(expected))
model = field(1, 8) + field(7, graph) + field(8, field(2, 13))
open(\"conv.onnx\", \"wb\").write(model)

print(\"onnxruntime\", ort.__version__, \"expected\", expected, sep=\"\\n\")
failed, options = False, ort.SessionOptions()
for level in [ort.GraphOptimizationLevel.ORT_DISABLE_ALL, ort.GraphOptimizationLevel.ORT_ENABLE_ALL]:
    options.graph_optimization_level = level
    result = ort.InferenceSession(model, options, providers=[\"CPUExecutionProvider\"]).run(None, {{\"x\": x}})[0]
    wrong = np.argwhere(~np.isclose(result, expected, rtol=0, atol=tolerance, equal_nan=True)).tolist()
    print(f\"{{level}}: {{f'wrong at {{wrong}}' if wrong else 'as expected'}}\", result, sep=\"\\n\")
    failed = failed or bool(wrong)
sys.exit(2 if failed else 0)
",
        imports(subject),
        tensors(subject, ARRAY, width),
        comment(&tolerance),
        if bias { " + field(1, b\"b\")" } else { "" },
        p.kernel.h,
        p.kernel.w,
        p.stride.h,
        p.stride.w,
        p.dilation.h,
        p.dilation.w,
        pads.top,
        pads.left,
        pads.bottom,
        pads.right,
        p.groups,
        if bias { " + tensor(b\"b\", b)" } else { "" },
    )
}
