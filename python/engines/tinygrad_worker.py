"""tinygrad, which makes kernels for each problem: run by its emulator in Python, or compiled by clang where there is one."""

import os
import shutil
import sys
from importlib.metadata import version

import convdiff_worker

chosen = convdiff_worker.options(device=("python", "cpu"), winograd=("off", "on"), optimize=("on", "off"))
if chosen["device"] == "cpu" and not shutil.which(os.environ.get("CC", "clang")):
    sys.exit("tinygrad's device cpu compiles with clang, which is not on the path; device=python needs none")
os.environ.update(
    DEV=chosen["device"].upper(),
    WINO=str(int(chosen["winograd"] == "on")),
    NOOPT=str(int(chosen["optimize"] == "off")),
    CACHELEVEL="0",  # no kernel is wanted twice, and its cache is a file in the user's home
)

from tinygrad import Tensor  # noqa: E402, which reads the environment


# What the emulator does in a second or less.
MOST_WORK = 50_000


def supports(p):
    work = p.batch * p.out_channels * p.output_h * p.output_w * p.in_channels // p.groups * p.kernel_h * p.kernel_w
    if chosen["device"] == "python" and work > MOST_WORK:
        return f"more than {MOST_WORK:,} multiply-adds, for its emulator"
    return None


def tensor(array):
    # A copy, for it reads where numpy keeps the array, and operands are gone after the batch.
    return None if array is None else Tensor(array.copy())


def conv2d(p, x, w, b):
    pads = (p.pad_left, p.pad_right, p.pad_top, p.pad_bottom)
    return tensor(x).conv2d(tensor(w), tensor(b), p.groups, p.strides, p.dilations, pads).numpy()


if __name__ == "__main__":
    convdiff_worker.run(conv2d, supports, engine="tinygrad", version=version("tinygrad"), options=chosen,
                        arithmetic="f32-transformed" if chosen["winograd"] == "on" else "f32",
                        supported=f"up to {MOST_WORK:,} multiply-adds in its emulator")
