"""Core ML models of one convolution, by coremltools without torch, in both formats. Building works on any system."""

import coremltools as ct
import numpy as np
from coremltools.converters.mil import Builder as mb
from coremltools.models import datatypes
from coremltools.models.neural_network import NeuralNetworkBuilder

UNITS = {
    "all": ct.ComputeUnit.ALL,
    "cpu": ct.ComputeUnit.CPU_ONLY,
    "cpu-gpu": ct.ComputeUnit.CPU_AND_GPU,
    "cpu-ane": ct.ComputeUnit.CPU_AND_NE,
}
PRECISIONS = {"f16": ct.precision.FLOAT16, "f32": ct.precision.FLOAT32}


def mlprogram(p, w, b, precision="f16", units="all", skip_load=False):
    """An MLModel with input `x` and output `y`. (MIL orders pads top, bottom, left, right.)"""

    @mb.program(input_specs=[mb.TensorSpec(shape=p.input_shape)], opset_version=ct.target.iOS15)
    def program(x):
        bias = {} if b is None else {"bias": b.copy()}
        return mb.conv(x=x, weight=w.copy(), strides=p.strides, pad_type="custom", dilations=p.dilations, groups=p.groups,
                       pad=[p.pad_top, p.pad_bottom, p.pad_left, p.pad_right], name="y", **bias)

    return ct.convert(program, source="milinternal", convert_to="mlprogram", compute_precision=PRECISIONS[precision],
                      compute_units=UNITS[units], minimum_deployment_target=ct.target.iOS15, skip_model_load=skip_load)


def neuralnetwork(p, w, b):
    """The specification of a neural network with input `x` and output `y`. Its weights are KH×KW×(C/G)×O."""
    builder = NeuralNetworkBuilder(
        [("x", datatypes.Array(*p.input_shape))], [("y", datatypes.Array(*p.output_shape))],
        disable_rank5_shape_mapping=True,
    )
    builder.add_convolution(
        name="conv", kernel_channels=p.in_channels // p.groups, output_channels=p.out_channels, height=p.kernel_h,
        width=p.kernel_w, stride_height=p.stride_h, stride_width=p.stride_w, border_mode="valid", groups=p.groups,
        W=w.transpose(2, 3, 1, 0), b=b, has_bias=b is not None, input_name="x", output_name="y",
        dilation_factors=list(p.dilations), padding_top=p.pad_top, padding_bottom=p.pad_bottom, padding_left=p.pad_left,
        padding_right=p.pad_right,
    )
    return builder.spec


def predict(model, x):
    """The one output. float32, whatever the model computes in."""
    (y,) = model.predict({"x": np.ascontiguousarray(x)}).values()
    return np.asarray(y, np.float32)
