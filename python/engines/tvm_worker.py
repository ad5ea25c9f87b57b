"""Apache TVM on the CPU: each problem is a function of a Relax module that its LLVM compiles, which is what costs."""

import convdiff_worker
import numpy as np
import tvm
from tvm import relax

chosen = convdiff_worker.options(layout=("nchw", "nhwc"), cpu=("generic", "native"), optimize=("on", "off"))
NHWC = chosen["layout"] == "nhwc"
DATA, KERNEL = ("NHWC", "OHWI") if NHWC else ("NCHW", "OIHW")
TARGET = {"kind": "llvm"}
if chosen["cpu"] == "native":
    TARGET["mcpu"] = tvm.target.codegen.llvm_get_system_cpu()
if chosen["optimize"] == "off":
    TARGET["opt-level"] = 0


def laid_out(array):
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1)) if NHWC else array


def define(module, name, p, operands):
    """Adds a function: one convolution, and an addition for its bias."""
    variables = [relax.Var(f"v{i}", relax.TensorType(operand.shape, "float32")) for i, operand in enumerate(operands)]
    with module.function(name, variables):
        with module.dataflow():
            y = module.emit(relax.op.nn.conv2d(
                *variables[:2], p.strides, p.pads, p.dilations, p.groups, data_layout=DATA, kernel_layout=KERNEL))
            if p.bias:
                y = module.emit(relax.op.add(y, variables[2]))
            y = module.emit_output(y)
        module.emit_func_output(y)


def conv2d_many(cases):
    module = relax.BlockBuilder()
    calls = []
    for index, (p, x, w, b) in enumerate(cases):
        operands = [x, w] if b is None else [x, w, b.reshape(1, -1, 1, 1)]
        operands = [laid_out(operand) for operand in operands]
        define(module, f"conv{index}", p, operands)
        calls.append((f"conv{index}", [tvm.runtime.tensor(operand) for operand in operands]))
    machine = relax.VirtualMachine(tvm.compile(module.get(), tvm.target.Target(TARGET)), tvm.cpu())
    outputs = [machine[name](*operands).numpy() for name, operands in calls]
    return [y.transpose(0, 3, 1, 2) for y in outputs] if NHWC else outputs


def conv2d(*case):
    return conv2d_many([case])[0]


if __name__ == "__main__":
    convdiff_worker.run(conv2d, conv2d_many=conv2d_many, engine="tvm", version=tvm.__version__, options=chosen,
                        supported="every problem", max_batch=16)
