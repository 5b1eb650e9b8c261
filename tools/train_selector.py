"""Trains the selector of a dual smoothed classifier (docs/dual.md) in PyTorch, on a CPU, and writes an ONNX file.

The selector keeps the layers of the last expert (the body) and gets a new head, which is trained on the body's features of
noisy copies of training images. The target R_i is the radius up to which expert i is right according to its votes on noisy
copies (-1 if it is wrong). The objective is a smooth form of the certified accuracy of both stages. If q_i is the mean over
noisy copies of the selector's probability of expert i, the objective is

    gain(image) = sum over R of w_R * sum over i of [R_i > R] * sigmoid((sigma_s * quantile(q_i) - R) / T).

First a small network is trained on the four largest log-probabilities of the body's classes. (With more inputs, it
memorizes the images.) Then a head of dense layers, which can be quantized, learns to reproduce the small network's choice
for each noisy copy.

    python3 train_selector.py --data cifar-10-batches-bin --expert models/cifar10-w32-sigma-0.12/model.onnx:0.12 \\
      --expert models/cifar10-w32-sigma-0.25/model.onnx:0.25 --expert models/cifar10-w32-sigma-0.5/model.onnx:0.5 \\
      --weights 0:2.5 0.25:0.5 0.5:2 0.75:0.5 1:2 --out models/cifar10-selector
"""

import argparse, copy, gzip, hashlib, json, pathlib, time

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import nn
from torch.nn import functional as F


def unzipped(path):
    return path.read_bytes() if path.exists() else gzip.open(f"{path}.gz").read()


def read(folder):
    """The training images of CIFAR-10 or MNIST as uint8, NCHW, and their labels."""
    folder = pathlib.Path(folder)
    if any((folder / f"data_batch_1.bin{end}").exists() for end in ("", ".gz")):
        rows = np.concatenate([np.frombuffer(unzipped(folder / f"data_batch_{i}.bin"), np.uint8).reshape(-1, 3073) for i in range(1, 6)])
        return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(rows[:, 0].astype(np.int64))
    x = np.frombuffer(unzipped(folder / "train-images-idx3-ubyte"), np.uint8)[16:].reshape(-1, 1, 28, 28)
    y = np.frombuffer(unzipped(folder / "train-labels-idx1-ubyte"), np.uint8)[8:]
    return torch.from_numpy(x.copy()), torch.from_numpy(y.astype(np.int64))


class Network:
    """The network of an ONNX file that ends in a dense layer; it supports the operators of the networks in models/."""

    def __init__(self, path):
        self.model = onnx.load(path)
        self.weights = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in self.model.graph.initializer}
        *self.nodes, self.last = self.model.graph.node

    def features(self, x):
        """The input of the last layer."""
        v = {**self.weights, self.model.graph.input[0].name: x}
        for node in self.nodes:
            a = {t.name: helper.get_attribute_value(t) for t in node.attribute}
            i = [v[name] for name in node.input]
            if node.op_type == "Constant":
                out = float(numpy_helper.to_array(a["value"]))
            elif node.op_type == "Sub":
                out = i[0] - i[1]
            elif node.op_type == "Add":
                out = i[0] + i[1]
            elif node.op_type == "Relu":
                out = F.relu(i[0])
            elif node.op_type == "Conv":
                out = F.conv2d(i[0], i[1], i[2], a["strides"], a["pads"][:2])
            elif node.op_type == "MaxPool":
                out = F.max_pool2d(i[0], a["kernel_shape"], a["strides"])
            elif node.op_type == "Flatten":
                out = i[0].flatten(1)
            elif node.op_type == "ReduceMean":
                out = i[0].mean((2, 3))
            elif node.op_type == "Gemm":
                out = self.dense(node, i[0])
            else:
                raise ValueError(f"operator {node.op_type}")
            v[node.output[0]] = out
        return v[self.last.input[0]]

    def dense(self, node, x):
        w, b = (self.weights[name] for name in node.input[1:])
        transposed = any(t.name == "transB" and t.i for t in node.attribute)
        return x @ (w.T if transposed else w) + b

    def scores(self, features):
        return self.dense(self.last, features)

    def save(self, path, layers):
        """Writes the network with its last layer replaced by the given dense layers, with ReLU between them."""
        model = copy.deepcopy(self.model)
        graph = model.graph
        output = graph.output[0]
        for name in self.last.input[1:]:
            graph.initializer.remove(next(i for i in graph.initializer if i.name == name))
        graph.node.remove(graph.node[-1])
        given = self.last.input[0]
        for i, layer in enumerate(layers):
            names = [f"head{i}.weight", f"head{i}.bias"]
            for name, tensor in zip(names, (layer.weight, layer.bias)):
                graph.initializer.append(numpy_helper.from_array(tensor.detach().numpy(), name))
            is_last = i + 1 == len(layers)
            out = output.name if is_last else f"head{i}"
            graph.node.append(helper.make_node("Gemm", [given, *names], [out], transB=1))
            if not is_last:
                given = f"head{i}.relu"
                graph.node.append(helper.make_node("Relu", [out], [given]))
        output.type.tensor_type.shape.dim[1].dim_value = layers[-1].out_features
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


@torch.no_grad()
def features(net, x, sigma, copies, seed):
    """Features of noisy copies: [images, copies, features]."""
    g = torch.Generator().manual_seed(seed)
    out = []
    for i in range(0, len(x), 8):
        xb = (x[i : i + 8].float() / 255).repeat_interleave(copies, 0)
        xb = xb + sigma * torch.randn(xb.shape, generator=g)
        f = net.features(xb.contiguous(memory_format=torch.channels_last))
        out.append(f.view(-1, copies, f.shape[1]).half())
    return torch.cat(out)


def radii_of(classes, y, sigma, count):
    """sigma * quantile(vote share of the top class); -1 if the top class is not y."""
    votes = F.one_hot(classes, count).sum(1)
    p = (votes.max(1).values + 0.5) / (classes.shape[1] + 1)
    return torch.where(votes.argmax(1) == y, (sigma * torch.special.ndtri(p)).clamp(min=-1), torch.tensor(-1.0))


def certified(choices, radii, sigma, grid, experts):
    """Certified accuracy of both stages at each radius of a grid, with Wilson's bound for n = 10,000; shares of the experts."""
    q, i = F.one_hot(choices, experts).float().mean(1).max(1)
    m, z = 10000, 3.29
    low = (q + z * z / (2 * m) - z * torch.sqrt(q * (1 - q) / m + z * z / (4 * m * m))) / (1 + z * z / m)
    both = torch.minimum(sigma * torch.special.ndtri(low), radii.gather(1, i[:, None])[:, 0])
    return {"certified": [round((both > r).float().mean().item(), 4) for r in grid],
            "chosen": [round((i == k).float().mean().item(), 3) for k in range(experts)]}


def fit(net, inputs, loss_of, steps, batch, rate):
    optimizer = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=1e-2)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
        idx = torch.randint(0, len(inputs), (batch,))
        optimizer.zero_grad()
        loss_of(net(inputs[idx]), idx, step / steps).backward()
        optimizer.step()


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--data", required=True)
    a.add_argument("--expert", action="append", required=True, help="FILE:SIGMA of an expert; the last expert is the body of the selector")
    a.add_argument("--sigma", type=float, help="sigma of the selector; default: the sigma of the last expert")
    a.add_argument("--weights", nargs="+", required=True, help="R:w_R, the weight of each radius")
    a.add_argument("--images", type=int, default=4000)
    a.add_argument("--held-out", type=int, default=800)
    a.add_argument("--copies", type=int, default=24)
    a.add_argument("--votes", type=int, default=16)
    a.add_argument("--more", type=int, default=12000, help="number of further images, without votes, for the head")
    a.add_argument("--temperature", type=float, default=0.15)
    a.add_argument("--hidden", type=int, default=64)
    a.add_argument("--seed", type=int, default=0)
    a.add_argument("--cache", help="file that caches features and votes")
    a.add_argument("--out", required=True)
    o = a.parse_args()
    torch.set_num_threads(1)
    started = time.time()
    experts = [(e.rsplit(":", 1)[0], float(e.rsplit(":", 1)[1])) for e in o.expert]
    sigma = o.sigma or experts[-1][1]
    body = Network(experts[-1][0])
    every_x, every_y = read(o.data)
    x, y = every_x[: o.images], every_y[: o.images]
    cache = pathlib.Path(o.cache) if o.cache else None
    made_with = [[hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest(), s] for path, s in experts]
    made_with += [sigma, o.copies, o.votes, o.images, o.more]
    if cache and cache.exists():
        cached, f, classes, more = torch.load(cache)
        if cached != made_with:
            a.error(f"{cache} was made with other experts or options: {cached}")
    else:
        f = features(body, x, sigma, o.copies, 1)
        classes = []
        for path, s in experts:
            net = Network(path)
            classes.append(net.scores(features(net, x, s, o.votes, int(100 * s)).float()).argmax(2))
        more = features(body, every_x[o.images : o.images + o.more], sigma, 4, 2)
        if cache:
            torch.save((made_with, f, classes, more), cache)
    f, more = f.float(), more.float().flatten(0, 1)
    scores = body.scores(f)
    count = scores.shape[2]
    radii = torch.stack([radii_of(c, y, s, count) for c, (_, s) in zip(classes, experts)], 1)
    train, held = slice(0, o.images - o.held_out), slice(o.images - o.held_out, o.images)
    wanted = torch.tensor([tuple(map(float, w.split(":"))) for w in o.weights])
    at, w = wanted[:, 0], wanted[:, 1]
    grid = [0, 0.25, 0.5, 0.75, 1]
    k = len(experts)
    for i, (_, s) in enumerate(experts):
        print("held out, expert", s, [round((radii[held, i] > r).float().mean().item(), 3) for r in grid], flush=True)

    torch.manual_seed(o.seed)
    largest = lambda s: s.log_softmax(-1).sort(-1, descending=True).values[..., :4].clamp(min=-8)
    top = largest(scores)
    center, spread = top[train].mean((0, 1)), top[train].std((0, 1))
    top = (top - center) / spread
    reached = (radii[train][:, :, None] > at).float() * w

    def loss(out, idx, done):
        q = out.softmax(2).mean(1)
        if done < 0.3:
            return -(reached[idx].sum(2) * q).sum(1).mean()
        r = sigma * torch.special.ndtri(q.clamp(1e-4, 1 - 1e-3))
        return -(reached[idx] * torch.sigmoid((r[:, :, None] - at) / o.temperature)).sum((1, 2)).mean()

    small = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, k))
    fit(small, top[train], loss, 800, 256, 1e-2)
    with torch.no_grad():
        taught, taught_more = small(top), small((largest(body.scores(more)) - center) / spread)
    log = {"small": {name: certified(taught[part].argmax(2), radii[part], sigma, grid, k) for name, part in (("train", train), ("heldOut", held))}}
    print(log["small"], f"{time.time() - started:.0f} s", flush=True)

    mean, deviation = f[train].mean((0, 1)), f[train].std((0, 1)) + 1e-3
    copies = torch.cat([((f[train] - mean) / deviation).flatten(0, 1), (more - mean) / deviation])
    target = torch.cat([taught[train].flatten(0, 1), taught_more]).softmax(1)
    head = nn.Sequential(nn.Linear(f.shape[2], o.hidden), nn.ReLU(), nn.Linear(o.hidden, k))
    fit(head, copies, lambda out, idx, _: F.cross_entropy(out, target[idx]), 3000, 512, 3e-3)
    with torch.no_grad():
        chosen = head((f - mean) / deviation).argmax(2)
        head[0].bias.data = head[0].bias - head[0].weight @ (mean / deviation)
        head[0].weight.data = head[0].weight / deviation
    log["head"] = {name: certified(chosen[part], radii[part], sigma, grid, k) for name, part in (("train", train), ("heldOut", held))}
    log["agreementHeldOut"] = round((chosen[held] == taught[held].argmax(2)).float().mean().item(), 4)
    print(log["head"], log["agreementHeldOut"], flush=True)

    out = pathlib.Path(o.out)
    out.mkdir(parents=True, exist_ok=True)
    body.save(out / "model.onnx", [head[0], head[2]])
    doc = {"script": "train_selector.py", "options": {key: value for key, value in vars(o).items() if key not in ("data", "cache", "out")},
           "experts": [hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest() for path, _ in experts],
           "torch": torch.__version__, "device": "cpu", "radii": grid, **log,
           "sha256": hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()}
    (out / "training.json").write_text(json.dumps(doc, indent=1) + "\n")
    print("done", o.out, f"{time.time() - started:.0f} s", flush=True)


main()
