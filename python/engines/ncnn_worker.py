"""ncnn on the CPU: a net of one layer, Convolution or ConvolutionDepthWise, for each problem. Images run one by one."""

import convdiff_worker
import ncnn
import numpy as np

chosen = convdiff_worker.options(
    packing=("on", "off"), winograd=("on", "off"), sgemm=("on", "off"), precision=("f32", "f16", "bf16"), threads=(1,)
)
def net():
    net = ncnn.Net()
    opt = net.opt
    opt.num_threads = chosen["threads"]
    opt.use_packing_layout = chosen["packing"] == "on"
    opt.use_winograd_convolution = chosen["winograd"] == "on"
    opt.use_sgemm_convolution = chosen["sgemm"] == "on"
    # Half precision is for CPUs that compute in it; elsewhere ncnn stays with f32.
    half = chosen["precision"] == "f16"
    opt.use_fp16_packed = opt.use_fp16_storage = opt.use_fp16_arithmetic = half
    opt.use_bf16_storage = chosen["precision"] == "bf16"
    return net


def conv2d(p, x, w, b):
    layer = "Convolution" if p.groups == 1 else "ConvolutionDepthWise"
    parameters = (
        f"0={p.out_channels} 1={p.kernel_w} 11={p.kernel_h} 2={p.dilation_w} 12={p.dilation_h} 3={p.stride_w} "
        f"13={p.stride_h} 4={p.pad_left} 15={p.pad_right} 14={p.pad_top} 16={p.pad_bottom} 5={p.bias} 6={w.size}"
    )
    if p.groups > 1:
        parameters += f" 7={p.groups}"
    model = net()
    if model.load_param_mem(f"7767517\n2 2\nInput in 0 1 x\n{layer} conv 1 1 x y {parameters}\n") != 0:
        raise RuntimeError("load_param failed")
    # Four zero bytes say that the weights are f32. The net reads them where they are, so they must outlive it.
    weights = b"\0\0\0\0" + w.tobytes() + (b"" if b is None else b.tobytes())
    model.load_model_mem(weights)
    y = np.empty(p.output_shape, np.float32)
    for n in range(p.batch):
        extractor = model.create_extractor()
        extractor.input("x", ncnn.Mat(x[n]).clone())
        status, blob = extractor.extract("y")
        if status != 0:
            raise RuntimeError(f"extract returned {status}")
        image = np.array(blob)
        if image.shape != y.shape[1:]:
            raise RuntimeError(f"the output of one image has shape {image.shape} instead of {y.shape[1:]}")
        y[n] = image
    return y


if __name__ == "__main__":
    full = "f32-transformed" if chosen["winograd"] == "on" else "f32"
    convdiff_worker.run(conv2d, engine="ncnn", version=ncnn.__version__, options=chosen,
                        arithmetic=full if chosen["precision"] == "f32" else chosen["precision"], supported="every problem")
