"""PyTorch on the CPU. conv2d has one pad a side pair; others are zeros around the input.

Without oneDNN it may use NNPACK, which transforms.
"""

import convdiff_worker
import torch
import torch.nn.functional as F

chosen = convdiff_worker.options(
    format=("contiguous", "channels_last"), mkldnn=("on", "off"), pad=("explicit", "symmetric"), threads=(1,)
)
torch.set_num_threads(chosen["threads"])
torch.set_grad_enabled(False)
torch.backends.mkldnn.enabled = chosen["mkldnn"] == "on"
FORMAT = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}[chosen["format"]]


def supports(p):
    if chosen["pad"] == "symmetric" and not p.symmetric:
        return "pads that differ between begin and end"
    return None


def conv2d(p, x, w, b):
    # Views of read-only memory: torch would warn, and must not be able to write there.
    x = torch.tensor(x).contiguous(memory_format=FORMAT)
    w = torch.tensor(w).contiguous(memory_format=FORMAT)
    b = None if b is None else torch.tensor(b)
    padding = (p.pad_top, p.pad_left)
    if not p.symmetric:
        x, padding = F.pad(x, (p.pad_left, p.pad_right, p.pad_top, p.pad_bottom)), 0
    return F.conv2d(x, w, b, p.strides, padding, p.dilations, p.groups).numpy()


if __name__ == "__main__":
    convdiff_worker.run(conv2d, supports, engine="torch", version=torch.__version__.split("+")[0], options=chosen,
                        arithmetic="f32-transformed",
                        supported="pads that differ are an F.pad in front")
