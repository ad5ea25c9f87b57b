"""JAX on the CPU: XLA compiles a function for each shape, which is what costs. Eager, or a batch under one `jit`."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import convdiff_worker  # noqa: E402
import jax  # noqa: E402
import numpy as np  # noqa: E402

chosen = convdiff_worker.options(precision=("highest", "default"))
jax.config.update("jax_default_matmul_precision", chosen["precision"])


def one(p, x, w, b):
    y = jax.lax.conv_general_dilated(
        x, w, p.strides, [(p.pad_top, p.pad_bottom), (p.pad_left, p.pad_right)], rhs_dilation=p.dilations,
        dimension_numbers=("NCHW", "OIHW", "NCHW"), feature_group_count=p.groups,
    )
    return y if b is None else y + b[:, None, None]


def conv2d_many(cases):
    problems = [case[0] for case in cases]

    def all_of_them(operands):
        return [one(p, *operand) for p, operand in zip(problems, operands)]

    return [np.asarray(y) for y in jax.jit(all_of_them)([case[1:] for case in cases])]


def conv2d(*case):
    return conv2d_many([case])[0]


if __name__ == "__main__":
    convdiff_worker.run(conv2d, conv2d_many=conv2d_many, engine="jax", version=jax.__version__, options=chosen,
                        supported="every problem", max_batch=32)
