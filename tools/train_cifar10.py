"""Trains base classifiers for CIFAR-10 with Gaussian noise in PyTorch, on one GPU, and writes ONNX files.

Plain Gaussian augmentation (Cohen et al. 2019): cross-entropy on x + N(0, sigma^2 I), with images shifted by up to 4
pixels and mirrored, SGD with Nesterov momentum, and one cosine cycle with warm-up. The exported weights are a moving
average (EMA). The ONNX file takes pixels in [0, 1] as NCHW float32 with a free batch size; batch normalization is folded
into the convolutions.

    python3 train_cifar10.py --data cifar-10-batches-bin --sigma 0.25 --widths 32 64 128 --blocks 1 --epochs 200 --out m
"""

import argparse, copy, gzip, hashlib, json, pathlib, time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F


def read(folder, names):
    parts = []
    for name in names:
        path = pathlib.Path(folder, name)
        raw = path.read_bytes() if path.exists() else gzip.open(f"{path}.gz").read()
        parts.append(np.frombuffer(raw, np.uint8).reshape(-1, 3073))
    rows = np.concatenate(parts)
    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(rows[:, 0].astype(np.int64))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.short = None
        if stride != 1 or inputs != outputs:
            self.short = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(y + (x if self.short is None else self.short(x)))


class Net(nn.Module):
    """A 5 x 5 convolution that halves the image, then stages of residual blocks, mean pooling and a dense layer."""

    def __init__(self, widths, blocks, stem_stride=2):
        super().__init__()
        k = 5 if stem_stride == 2 else 3
        self.stem = nn.Conv2d(3, widths[0], k, stem_stride, k // 2, bias=False)
        self.norm = nn.BatchNorm2d(widths[0])
        layers, inputs = [], widths[0]
        for stage, outputs in enumerate(widths):
            for block in range(blocks):
                layers.append(Block(inputs, outputs, 2 if stage and not block else 1))
                inputs = outputs
        self.blocks = nn.Sequential(*layers)
        self.dense = nn.Linear(inputs, 10)

    def forward(self, x):
        x = F.relu(self.norm(self.stem(x - 0.5)))
        return self.dense(self.blocks(x).mean((2, 3)))


def fold(conv, norm):
    g = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    out = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, bias=True)
    out.weight.data = conv.weight.data * g[:, None, None, None]
    out.bias.data = norm.bias.data - norm.running_mean * g
    return out


def folded(net):
    net = copy.deepcopy(net).float().cpu().eval()
    net.stem, net.norm = fold(net.stem, net.norm), nn.Identity()
    for b in net.blocks:
        b.conv1, b.norm1 = fold(b.conv1, b.norm1), nn.Identity()
        b.conv2, b.norm2 = fold(b.conv2, b.norm2), nn.Identity()
        if b.short is not None:
            b.short = fold(b.short[0], b.short[1])
    return net.eval()


def augmented(images, flips, moves, idx):
    """Images shifted by up to 4 pixels (padded with zeros) and mirrored; uint8 on the device."""
    n = len(idx)
    padded = F.pad(images[idx], (4, 4, 4, 4))
    r = torch.arange(32, device=images.device)
    rows = moves[:, 0, None] + r
    cols = moves[:, 1, None] + r
    cols = torch.where(flips[:, None], cols.flip(1), cols)
    b = torch.arange(n, device=images.device)[:, None, None, None]
    c = torch.arange(3, device=images.device)[None, :, None, None]
    return padded[b, c, rows[:, None, :, None], cols[:, None, None, :]]


@torch.no_grad()
def accuracy(net, x, y, sigma, dev, seed=1, votes=1):
    g = torch.Generator(dev).manual_seed(seed)
    hits = 0
    for i in range(0, len(x), 500):
        xb = x[i : i + 500].float() / 255
        n = torch.zeros(len(xb), 10, device=dev)
        for _ in range(votes):
            p = net((xb + sigma * torch.randn(xb.shape, device=dev, generator=g)).contiguous(memory_format=torch.channels_last)).argmax(1)
            n += F.one_hot(p, 10)
        hits += (n.argmax(1) == y[i : i + 500]).sum().item()
    return hits / len(x)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("--data", required=True)
    a.add_argument("--sigma", type=float, required=True)
    a.add_argument("--widths", type=int, nargs=3, default=[32, 64, 128])
    a.add_argument("--blocks", type=int, default=1)
    a.add_argument("--stem-stride", type=int, default=2)
    a.add_argument("--epochs", type=int, default=200)
    a.add_argument("--batch", type=int, default=512)
    a.add_argument("--lr", type=float, default=0.4)
    a.add_argument("--decay", type=float, default=2e-4)
    a.add_argument("--seed", type=int, default=1)
    a.add_argument("--ema", type=float, default=0.999)
    a.add_argument("--limit", type=int, default=50000)
    a.add_argument("--amp", action="store_true")
    a.add_argument("--out", required=True)
    o = a.parse_args()
    dev = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(o.seed)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    x, y = (t[: o.limit].to(dev) for t in read(o.data, [f"data_batch_{i}.bin" for i in range(1, 6)]))
    tx, ty = (t[: o.limit].to(dev) for t in read(o.data, ["test_batch.bin"]))
    net = Net(o.widths, o.blocks, o.stem_stride).to(dev).to(memory_format=torch.channels_last)
    ema = copy.deepcopy(net).eval()
    for p in ema.parameters():
        p.requires_grad_(False)
    params = list(net.parameters())
    kernels = [p for p in params if p.ndim > 1]
    velocities = [torch.zeros_like(p) for p in params]
    per = len(x) // o.batch
    total = per * o.epochs
    pairs = [(m, t) for m, t in zip(net.state_dict().values(), ema.state_dict().values()) if m.dtype.is_floating_point]
    now, kept = [m for m, _ in pairs], [t for _, t in pairs]
    idx = torch.zeros(o.batch, dtype=torch.int64, device=dev)
    rate, keep, loss_sum, hits = (torch.zeros((), device=dev) for _ in range(4))

    def step_once():
        """One step of SGD with Nesterov momentum on the images idx. All of its data are on the device."""
        xb = augmented(x, torch.rand(o.batch, device=dev) < 0.5, torch.randint(0, 9, (o.batch, 2), device=dev), idx)
        xb = (xb.float() / 255 + o.sigma * torch.randn(xb.shape, device=dev)).contiguous(memory_format=torch.channels_last)
        with torch.autocast(dev, torch.bfloat16, enabled=o.amp):
            s = net(xb)
        loss = F.cross_entropy(s.float(), y[idx])
        loss.backward()
        with torch.no_grad():
            torch._foreach_add_([p.grad for p in kernels], kernels, alpha=o.decay)
            grads = [p.grad for p in params]
            torch._foreach_mul_(velocities, 0.9)
            torch._foreach_add_(velocities, grads)
            torch._foreach_add_(grads, velocities, alpha=0.9)
            torch._foreach_mul_(grads, rate)
            torch._foreach_sub_(params, grads)
            torch._foreach_zero_(grads)
            torch._foreach_mul_(kept, keep)
            torch._foreach_add_(kept, torch._foreach_mul(now, 1 - keep))
            loss_sum.add_(loss.detach())
            hits.add_((s.argmax(1) == y[idx]).sum())

    net.train()
    run = step_once
    if dev == "cuda":
        idx.copy_(torch.randperm(len(x), device=dev)[: o.batch])
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                step_once()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            step_once()
        run = graph.replay
    started, step, log = time.time(), 0, []
    for epoch in range(o.epochs):
        order = torch.randperm(len(x), device=dev)
        loss_sum.zero_(), hits.zero_()
        for i in range(per):
            idx.copy_(order[i * o.batch : (i + 1) * o.batch])
            rate.fill_(float(o.lr * min(1.0, (step + 1) / (2 * per)) * 0.5 * (1 + np.cos(np.pi * step / total))))
            keep.fill_(min(o.ema, step / (step + 10)))
            run()
            step += 1
        log.append({"epoch": epoch + 1, "loss": round(loss_sum.item() / per, 4), "accuracy": round(hits.item() / per / o.batch, 4)})
        if epoch % 25 == 24 or epoch == o.epochs - 1:
            print(o.out, log[-1], f"test noisy {accuracy(ema, tx, ty, o.sigma, dev):.4f} {time.time() - started:.0f} s", flush=True)
    out = pathlib.Path(o.out)
    out.mkdir(parents=True, exist_ok=True)
    f = folded(ema)
    ref = ema(tx[:64].float().to(memory_format=torch.channels_last) / 255).cpu()
    err = (f(tx[:64].cpu().float() / 255) - ref).abs().max().item()
    torch.onnx.export(f, torch.zeros(1, 3, 32, 32), str(out / "model.onnx"), input_names=["image"], output_names=["scores"],
                      dynamic_axes={"image": {0: "batch"}, "scores": {0: "batch"}}, opset_version=17, dynamo=False)
    smoothed = accuracy(ema, tx[::20], ty[::20], o.sigma, dev, votes=1000 if dev == "cuda" else 3)
    doc = {"script": "train_cifar10.py", "options": vars(o), "torch": torch.__version__,
           "device": torch.cuda.get_device_name(0) if dev == "cuda" else "cpu", "seconds": round(time.time() - started, 1),
           "sha256": hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest(), "weights": sum(p.numel() for p in f.parameters()),
           "testAccuracy": {"clean": accuracy(ema, tx, ty, 0.0, dev), "noisy": accuracy(ema, tx, ty, o.sigma, dev), "majorityOf1000_every20th": smoothed},
           "epochs": log[9::10]}
    del doc["options"]["data"]
    (out / "training.json").write_text(json.dumps(doc, indent=1) + "\n")
    print("done", o.out, doc["testAccuracy"], "fold error", f"{err:.1e}", "weights", doc["weights"], f"{doc['seconds']} s", flush=True)


main()
