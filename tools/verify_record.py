"""Recomputes every row of certification records from its votes, with mpmath and without this package.

    python3 tools/verify_record.py records/*-*             every row
    python3 tools/verify_record.py --every 50 records/*-*  rows 0, 50, 100, … of each record

Only records with the bound "clopper-pearson" at a fixed n are checked; others are skipped with a message. p_A must be at
most 1e-9 below the root of P[Bin(n, p) >= votes] = alpha - tau. With constant sigma the radius must be sigma times the
normal quantile of p_A. Otherwise both sides must certify the radius R, and at least one side must not certify R (1 + 1e-8).
A side is certified if the Neyman-Pearson set (a ball for s1 < s0, the complement of a ball for s1 > s0), which is the least
probable set at x0 among those with probability 1/2 at x1, has probability above 1 - p_A at x0.
"""
import argparse, csv, json, pathlib, sys
from mpmath import erfinv, exp, floor, gammainc, loggamma, log, mp, mpf, sqrt

mp.dps = 30


def at_least(k, n, p):
    """P[Bin(n, p) >= k], term by term."""
    term = exp(loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))
    total = term
    while k < n and term > total * mpf(10) ** -30:
        term *= (n - k) * p / ((k + 1) * (1 - p))
        k += 1
        total += term
    return total


def chi_squared(dimension, noncentrality, x, inside):
    """P[X <= x] (or P[X > x]) of a noncentral chi-squared X, as a Poisson mixture of central ones with positive terms only."""
    mean, half = noncentrality / 2, x / 2
    spread = 12 * sqrt(mean) + 60
    low, high = max(0, int(floor(mean - spread))), int(floor(mean + spread))
    j = high if inside else low
    shape = mpf(dimension) / 2 + j
    central = float(gammainc(shape, 0, half, regularized=True) if inside else gammainc(shape, half, regularized=True))
    weight = float(exp(j * log(mean) - mean - loggamma(j + 1)))
    density = float(exp(shape * log(half) - half - loggamma(shape + 1)))  # P[shape] - P[shape + 1]
    mean, half, total = float(mean), float(half), 0.0
    while low <= j <= high:  # in doubles: a relative error of 1e-12 at most
        total += weight * central
        if inside:
            density *= (dimension / 2 + j) / half
            central += density
            weight *= j / mean
            j -= 1
        else:
            central += density
            j += 1
            density *= half / (dimension / 2 + j)
            weight *= mean / j
    return total


def certifies(dimension, s0, s1, distance, p_b):
    """Whether a class of probability 1 - p_b at x0 keeps more than 1/2 at every x1 at this distance that is smoothed with s1."""
    gap = abs(s0**2 - s1**2)
    at0, at1 = (s0 * distance / gap) ** 2, (s1 * distance / gap) ** 2
    inside = s1 < s0
    above = lambda x: chi_squared(dimension, at1, x, inside) - 0.5
    points = [(above(x), x) for x in (dimension + at1 - 1, dimension + at1)]  # the secant method, to the accuracy of doubles
    while len(points) < 12 and points[-1][0] != points[-2][0] and abs(points[-1][0]) > 1e-13:
        (f0, x0), (f1, x1) = points[-2:]
        x = x1 - f1 * (x1 - x0) / (f1 - f0)
        points.append((above(x), x))
    miss, median = min(points, key=lambda point: abs(point[0]))
    assert abs(miss) < 1e-11
    return chi_squared(dimension, at0, median * (s1 / s0) ** 2, inside) > p_b


def verify(configuration, row):
    """The reasons why a row is wrong."""
    votes, selection = ({int(c): int(k) for c, k in (pair.split(":") for pair in row[name].split())} for name in ("votes", "selectionVotes"))
    candidate = min(selection, key=lambda c: (-selection[c], c))
    n, k = configuration["n"], votes.get(candidate, 0)
    p_a, radius, sigma = mpf(float(row["pA"])), mpf(float(row["radius"])), mpf(float(row["sigma"]))
    alpha = mpf(configuration["alpha"]) - mpf(configuration["tau"])
    predicted = candidate if p_a > 0.5 else -1
    yield int(row["candidate"]) != candidate, f"candidate is {candidate}"
    yield int(row["predicted"]) != predicted, f"predicted is {predicted}"
    yield int(row["correct"]) != (predicted == int(row["label"])), "correct is wrong"
    yield (sum(selection.values()), sum(votes.values())) != (configuration["n0"], n), "votes are not n0 and n"
    yield k > 0 and at_least(k, n, p_a) > alpha * (1 + mpf(10) ** -25), "p_A is above its bound"
    yield k > 0 and at_least(k, n, p_a + mpf(10) ** -9) < alpha, "p_A is below its bound"
    rate, eta = (mpf(configuration["variance"][key]) for key in ("rate", "eta"))
    holds = lambda r, side: certifies(configuration["dataset"]["dimension"], sigma, sigma * exp(side * (rate * r + 2 * eta)), r, 1 - p_a)
    constant, tiny = configuration["variance"]["isConstant"], sigma / 10**6
    if predicted < 0 or radius == 0:
        yield radius != 0, "the radius is not 0"
        yield predicted >= 0 and p_a > 0.5 + 1e-6 and (constant or holds(tiny, 1) and holds(tiny, -1)), "the radius is 0"
        return
    if constant:
        ratio = radius / (sigma * sqrt(2) * erfinv(2 * p_a - 1))
        yield not 1 - mpf(10) ** -8 < ratio <= 1, f"the radius is {ratio} of Cohen's"
        return
    yield not holds(radius, 1) or not holds(radius, -1), "the radius is too large"
    further = radius * (1 + mpf(10) ** -8)
    yield holds(further, 1) and holds(further, -1), "the radius is too small"


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("records", nargs="+", type=pathlib.Path)
parser.add_argument("--every", type=int, default=1)
options = parser.parse_args()
wrong = 0
for record in options.records:
    configuration = json.loads((record / "configuration.json").read_text())["configuration"]
    bound, sampling = configuration.get("bound"), configuration["sampling"]["name"]
    if bound != "clopper-pearson" or sampling != "fixed" or "dual" in configuration:
        print(f"{record}: skipped, because it is not a single smoothed classifier with the Clopper-Pearson bound at a fixed n")
        continue
    with open(record / "rows.csv", newline="") as file:
        rows = list(csv.DictReader(file))[:: options.every]
    reasons = [f"{record}, image {row['index']}: {why}" for row in rows for fails, why in verify(configuration, row) if fails]
    print(*reasons, f"{record}: {len(rows)} rows, {len(reasons)} wrong", sep="\n")
    wrong += len(reasons)
sys.exit(wrong > 0)
