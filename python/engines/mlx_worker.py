"""MLX on the CPU, or on the GPU of a Mac. Its layout is NHWC; a bias is an addition behind."""

import convdiff_worker
import mlx.core as mx
import numpy as np
from importlib.metadata import version

chosen = convdiff_worker.options(device=("cpu", "gpu"))
mx.set_default_device(mx.cpu if chosen["device"] == "cpu" else mx.gpu)


def conv2d(p, x, w, b):
    y = mx.conv_general(
        mx.array(np.ascontiguousarray(x.transpose(0, 2, 3, 1))),
        mx.array(np.ascontiguousarray(w.transpose(0, 2, 3, 1))),
        stride=p.strides,
        padding=([p.pad_top, p.pad_left], [p.pad_bottom, p.pad_right]),
        kernel_dilation=p.dilations,
        groups=p.groups,
    )
    if b is not None:
        y = y + mx.array(b)
    return np.array(y).transpose(0, 3, 1, 2)


if __name__ == "__main__":
    convdiff_worker.run(conv2d, engine="mlx", version=version("mlx"), options=chosen,
                        arithmetic="f32" if chosen["device"] == "cpu" else "f32-transformed", supported="every problem")
