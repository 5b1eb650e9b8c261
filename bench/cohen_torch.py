"""Cohen's certification loop (repeat, add noise, argmax, count) in PyTorch, for bench/certification.ts to time.

Reads lines "<network> <default|tuned> <samples>" from standard input and answers each with the seconds that the samples
took: with batches of 1000, the default of Cohen's code, or with the fastest of four batch sizes. Both use the faster of two
memory layouts, which is found at the start. Weights are random, because speed does not depend on them.
"""

import sys
import time

import torch
from torch import nn


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 512), nn.ReLU(), nn.Linear(512, 10),
    )  # fmt: skip


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, padding=1)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, stride) if stride > 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.second(torch.relu(self.first(x))) + self.shortcut(x))


def resnet20():
    layers, channels = [nn.Conv2d(3, 16, 3, padding=1), nn.ReLU()], 16
    for stage, width in enumerate([16, 32, 64]):
        for block in range(3):
            layers.append(Block(channels, width, 2 if stage > 0 and block == 0 else 1))
            channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


@torch.no_grad()
def seconds(model, x, samples, batch, layout, sigma=0.5):
    counts = torch.zeros(10, dtype=torch.long)
    started = time.perf_counter()
    for first in range(0, samples, batch):
        copies = x.repeat((min(batch, samples - first), 1, 1, 1)).contiguous(memory_format=layout)
        noise = torch.randn_like(copies) * sigma
        predictions = model(copies + noise).argmax(1)
        counts += torch.bincount(predictions, minlength=10)
    return time.perf_counter() - started


def fastest(network, shape, batches):
    choices = []
    for layout in (torch.contiguous_format, torch.channels_last):
        model = network().eval().to(memory_format=layout)
        for batch in batches:
            x = torch.rand(shape)
            seconds(model, x, batch, batch, layout)
            choices.append((seconds(model, x, 2000, batch, layout), model, x, batch, layout))
    return min(choices, key=lambda choice: choice[0])[1:]


torch.manual_seed(0)
setups = {
    (name, batch): fastest(network, shape, batches)
    for name, network, shape in [("lenet", lenet, (1, 28, 28)), ("resnet20", resnet20, (3, 32, 32))]
    for batch, batches in [("default", [1000]), ("tuned", [64, 128, 256, 1000])]
}
for (name, _), (_, _, batch, layout) in setups.items():
    print(f"{name}: batches of {batch}, {str(layout).removeprefix('torch.')}", file=sys.stderr)
print("ready", flush=True)
for line in sys.stdin:
    name, batch, samples = line.split()
    print(seconds(*setups[name, batch][:2], int(samples), *setups[name, batch][2:]), flush=True)
