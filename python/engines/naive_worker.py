"""The definition, in numpy: an example of a worker, and what the tests run where no engine is installed."""

import convdiff_worker
import numpy as np


def conv2d(p, x, w, b):
    x = convdiff_worker.pad(p, x)
    n, o, oh, ow = p.output_shape
    g, c = p.groups, p.in_channels // p.groups
    y = np.zeros((n, g, o // g, oh, ow), np.float32)
    for i in range(p.kernel_h):
        top = i * p.dilation_h
        for j in range(p.kernel_w):
            left = j * p.dilation_w
            rows = slice(top, top + (oh - 1) * p.stride_h + 1, p.stride_h)
            columns = slice(left, left + (ow - 1) * p.stride_w + 1, p.stride_w)
            taps = w[:, :, i, j].reshape(g, o // g, c)
            y += np.einsum("ngchw,goc->ngohw", x[:, :, rows, columns].reshape(n, g, c, oh, ow), taps)
    y = y.reshape(p.output_shape)
    return y if b is None else y + b[:, None, None]


if __name__ == "__main__":
    convdiff_worker.run(conv2d, engine="naive", version=np.__version__, supported="every problem")
