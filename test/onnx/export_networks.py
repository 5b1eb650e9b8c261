"""
Writes the networks of PyTorch that the tests read, as its two exporters make them:

    python3 export_networks.py

PyTorch 2.13 with onnx 1.23 and onnxscript 0.7. Weights are random; batch normalization has seen some noise.
"""

import onnx
import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.convolution1 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.convolution2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = F.relu6(self.norm1(self.convolution1(x)))
        return F.relu6(self.norm2(self.convolution2(y)) + x)


class Network(nn.Module):
    """Normalizes its inputs, pools before ReLU, and has a leaky ReLU, which has no form in integers."""

    def __init__(self):
        super().__init__()
        self.convolution = nn.Conv2d(1, 8, 5, 2, 2, bias=False)
        self.norm = nn.BatchNorm2d(8)
        self.block = Block(8)
        self.grouped = nn.Conv2d(8, 8, 3, 2, 1, groups=8)
        self.dropout = nn.Dropout()
        self.dense1 = nn.Linear(72, 24)
        self.dense2 = nn.Linear(24, 10)
        self.register_buffer("mean", torch.tensor([0.13]).view(1, 1, 1, 1))
        self.register_buffer("std", torch.tensor([0.31]).view(1, 1, 1, 1))

    def forward(self, x):
        x = (x - self.mean) / self.std
        x = self.block(F.relu(self.norm(self.convolution(x))))
        x = F.relu(F.max_pool2d(self.grouped(x), 2))
        x = x.view(x.size(0), -1)
        return self.dense2(F.leaky_relu(self.dense1(self.dropout(x)), 0.1))


torch.manual_seed(0)
network = Network()
for _ in range(50):
    network(torch.rand(32, 1, 28, 28) + 0.25 * torch.randn(32, 1, 28, 28))
network.eval()
image = torch.zeros(2, 1, 28, 28)
names = {"input_names": ["image"], "output_names": ["scores"]}

# Nothing folded: Constant nodes, batch normalization, weights among the inputs, Shape → Gather → Concat → Reshape.
torch.onnx.export(
    network, image, "torchscript.onnx", dynamo=False, opset_version=13, do_constant_folding=False,
    training=torch.onnx.TrainingMode.PRESERVE, keep_initializers_as_inputs=True,
    dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}}, **names,
)  # fmt: skip
torch.onnx.export(
    network, image, "dynamo.onnx", dynamo=True, opset_version=20, external_data=False,
    dynamic_shapes=({0: torch.export.Dim("batch")},), **names,
)  # fmt: skip
# As PyTorch exports by default, which leaves the weights in another file, external.onnx.data.
torch.onnx.export(network, image, "external.onnx", dynamic_shapes=({0: torch.export.Dim("batch")},), **names)
for file in ("torchscript.onnx", "dynamo.onnx", "external.onnx"):
    model = onnx.load(file, load_external_data=False)
    for message in (model, model.graph, *model.graph.node, *model.graph.input, *model.graph.output):
        del message.metadata_props[:]  # traces of where this script was run
    onnx.save(model, file)
