"""OpenCV's dnn module on the CPU: an .onnx model for each problem."""

from importlib.metadata import PackageNotFoundError, version

import convdiff_worker
import cv2
import numpy as np
import onnx_model

chosen = convdiff_worker.options(winograd=("on", "off"), fusion=("on", "off"), threads=(1,))
try:  # the package's version has one number more than OpenCV's own
    VERSION = version("opencv-python-headless")
except PackageNotFoundError:
    VERSION = cv2.__version__
cv2.setNumThreads(chosen["threads"])


def conv2d(*case):
    p, x, _, _ = case
    model = np.frombuffer(onnx_model.model([case]), np.uint8)
    net = cv2.dnn.readNetFromONNX(model)
    net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
    if chosen["winograd"] == "off":
        net.enableWinograd(False)
    if chosen["fusion"] == "off":
        net.enableFusion(False)
    net.setInput(x)
    return net.forward()


if __name__ == "__main__":
    convdiff_worker.run(conv2d, engine="opencv", version=VERSION, options=chosen,
                        arithmetic="f32-transformed" if chosen["winograd"] == "on" else "f32",
                        supported="every problem")
