//! Every engine that a Python package brings.

use super::{Choice, Engine, Values};

const NUMPY: &str = "numpy==2.4.6";

const THREADS: Choice = Choice { name: "threads", values: Values::Count("threads of the engine's own") };

/// A choice between values that each say what they mean.
macro_rules! choice {
    ($name:literal: $($value:literal $meaning:literal),+) => {
        Choice { name: $name, values: Values::Named(&[$(($value, $meaning)),+]) }
    };
}

/// The engines, by name.
pub fn all() -> &'static [Engine] {
    &ENGINES
}

static ENGINES: [Engine; 15] = [
    Engine {
        name: "coreml-mlprogram",
        about: "Core ML, format mlprogram, by coremltools without torch; macOS",
        limits: "every problem",
        package: "coremltools",
        version: "9.0",
        needs: &[NUMPY],
        options: &[
            choice!("precision": "f16" "compute precision FLOAT16, Core ML's default", "f32" "FLOAT32"),
            choice!("units": "all" "any compute unit", "cpu" "CPU only", "cpu-gpu" "CPU and GPU", "cpu-ane" "CPU and Neural Engine"),
        ],
        system: Some("macos"),
        script: "coreml_mlprogram_worker.py",
    },
    Engine {
        name: "coreml-neuralnetwork",
        about: "Core ML, format neuralnetwork; macOS",
        limits: "every problem",
        package: "coremltools",
        version: "9.0",
        needs: &[NUMPY],
        options: &[
            choice!("units": "all" "any compute unit", "cpu" "CPU only", "cpu-gpu" "CPU and GPU", "cpu-ane" "CPU and Neural Engine"),
        ],
        system: Some("macos"),
        script: "coreml_neuralnetwork_worker.py",
    },
    Engine {
        name: "jax",
        about: "JAX on the CPU, compiled by XLA",
        limits: "every problem",
        package: "jax",
        version: "0.10.2",
        needs: &["jaxlib==0.10.2", NUMPY],
        options: &[choice!("precision": "highest" "precise products", "default" "as JAX chooses")],
        system: None,
        script: "jax_worker.py",
    },
    Engine {
        name: "litert",
        about: "LiteRT (TensorFlow Lite) on the CPU",
        limits: "pads that are not SAME's are a PAD op in front; a missing bias is zeros",
        package: "ai-edge-litert",
        version: "2.3.0",
        needs: &["tflite==2.18.0", "flatbuffers==25.12.19", NUMPY],
        options: &[
            choice!("kernels": "xnnpack" "the XNNPACK delegate", "builtin" "LiteRT's own kernels", "reference" "its reference kernels"),
            choice!("depthwise": "on" "depthwise problems are DEPTHWISE_CONV_2D", "off" "they are CONV_2D with groups"),
            THREADS,
        ],
        system: None,
        script: "litert_worker.py",
    },
    Engine {
        name: "mlx",
        about: "MLX on the CPU, or on the GPU of a Mac",
        limits: "every problem; a bias is an addition behind",
        package: "mlx",
        version: "0.32.4",
        needs: &[if cfg!(target_os = "macos") { NUMPY } else { "mlx[cpu]==0.32.4" }, NUMPY],
        options: &[choice!("device": "cpu" "the CPU", "gpu" "the GPU")],
        system: None,
        script: "mlx_worker.py",
    },
    Engine {
        name: "mnn",
        about: "MNN on the CPU, models by its own converter",
        limits: "every problem",
        package: "MNN",
        version: "3.6.1",
        needs: &[NUMPY],
        options: &[choice!("precision": "f32" "computes in f32", "bf16" "in bf16 where the CPU has it"), THREADS],
        system: None,
        script: "mnn_worker.py",
    },
    Engine {
        name: "naive",
        about: "the definition in numpy, an example of a worker",
        limits: "every problem",
        package: "numpy",
        version: "2.4.6",
        needs: &[],
        options: &[],
        system: None,
        script: "naive_worker.py",
    },
    Engine {
        name: "ncnn",
        about: "ncnn on the CPU",
        limits: "one image at a time, so a batch is a loop",
        package: "ncnn",
        version: "1.0.20261020",
        needs: &[NUMPY],
        options: &[
            choice!("packing": "on" "channels packed for vectors", "off" "not packed"),
            choice!("winograd": "on" "Winograd for 3×3 kernels", "off" "never"),
            choice!("sgemm": "on" "im2col and a matrix product", "off" "never"),
            choice!("precision": "f32" "all in f32", "f16" "f16 storage and arithmetic where the CPU has it", "bf16" "bf16 storage"),
            THREADS,
        ],
        system: None,
        script: "ncnn_worker.py",
    },
    Engine {
        name: "onnx",
        about: "the reference evaluator of the onnx package",
        limits: "every problem",
        package: "onnx",
        version: "1.23.2",
        needs: &[NUMPY],
        options: &[],
        system: None,
        script: "onnx_worker.py",
    },
    Engine {
        name: "onnxruntime",
        about: "ONNX Runtime on the CPU",
        limits: "every problem",
        package: "onnxruntime",
        version: "1.32.0",
        needs: &[NUMPY],
        options: &[
            choice!("optimize": "all" "every graph optimisation", "off" "none", "basic" "basic ones", "extended" "extended ones, not the layout"),
            THREADS,
        ],
        system: None,
        script: "onnxruntime_worker.py",
    },
    Engine {
        name: "opencv",
        about: "OpenCV's dnn module on the CPU",
        limits: "every problem",
        package: "opencv-python-headless",
        version: "5.0.0.93",
        needs: &[NUMPY],
        options: &[
            choice!("winograd": "on" "Winograd for 3×3 kernels", "off" "never"),
            choice!("fusion": "on" "layers are fused", "off" "they aren't"),
            THREADS,
        ],
        system: None,
        script: "opencv_worker.py",
    },
    Engine {
        name: "openvino",
        about: "OpenVINO on the CPU, a model for each batch",
        limits: "every problem",
        package: "openvino",
        version: "2026.4.1",
        needs: &[NUMPY],
        options: &[choice!("precision": "f32" "computes in f32", "bf16" "in bf16", "f16" "in f16"), THREADS],
        system: None,
        script: "openvino_worker.py",
    },
    Engine {
        name: "tinygrad",
        about: "tinygrad, in its own emulator or compiled by clang",
        limits: "up to 50,000 multiply-adds in its emulator",
        package: "tinygrad",
        version: "0.14.0",
        needs: &[NUMPY],
        options: &[
            choice!("device": "python" "kernels run by its emulator in Python", "cpu" "compiled by clang, which must be there"),
            choice!("winograd": "off" "never", "on" "Winograd for 3×3 kernels"),
            choice!("optimize": "on" "its optimisations of kernels", "off" "none"),
        ],
        system: None,
        script: "tinygrad_worker.py",
    },
    Engine {
        name: "torch",
        about: "PyTorch on the CPU",
        limits: "pads that differ between begin and end are an F.pad in front",
        package: "torch",
        version: "2.15.0",
        needs: &[NUMPY],
        options: &[
            choice!("format": "contiguous" "NCHW in memory", "channels_last" "NHWC in memory"),
            choice!("mkldnn": "on" "oneDNN", "off" "PyTorch's own kernels"),
            choice!("pad": "explicit" "pads that differ are an F.pad in front", "symmetric" "they are unsupported"),
            THREADS,
        ],
        system: None,
        script: "torch_worker.py",
    },
    Engine {
        name: "tvm",
        about: "Apache TVM on the CPU, compiled by the LLVM in its package",
        limits: "every problem; a bias is an addition behind",
        package: "apache-tvm",
        version: "0.27.0.post1",
        needs: &["apache-tvm-ffi==0.1.15.post2", NUMPY],
        options: &[
            choice!("layout": "nchw" "NCHW", "nhwc" "NHWC"),
            choice!("cpu": "generic" "what every CPU of its kind has", "native" "all that this CPU has"),
            choice!("optimize": "on" "LLVM's optimisations", "off" "none"),
        ],
        system: None,
        script: "tvm_worker.py",
    },
];
