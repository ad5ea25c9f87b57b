//! The Python that is shipped inside this program.

/// The module that a worker in Python imports: `convdiff engines module` prints it.
pub const MODULE: &str = include_str!("../../../../../python/convdiff_worker.py");

macro_rules! scripts {
    ($($file:literal),* $(,)?) => {
        /// Every script and helper by file name; they stand side by side when they run.
        pub(super) static SCRIPTS: &[(&str, &str)] = &[
            ("convdiff_worker.py", MODULE),
            $(($file, include_str!(concat!("../../../../../python/engines/", $file)))),*
        ];
    };
}

scripts!(
    "coreml_mlprogram_worker.py",
    "coreml_models.py",
    "coreml_neuralnetwork_worker.py",
    "jax_worker.py",
    "litert_worker.py",
    "mlx_worker.py",
    "mnn_worker.py",
    "naive_worker.py",
    "ncnn_worker.py",
    "onnx_model.py",
    "onnx_worker.py",
    "onnxruntime_worker.py",
    "opencv_worker.py",
    "openvino_worker.py",
    "tflite_model.py",
    "tinygrad_worker.py",
    "torch_worker.py",
    "tvm_worker.py",
);
