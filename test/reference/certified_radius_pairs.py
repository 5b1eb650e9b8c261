"""Makes certified_radius_eta.csv and certified_radius_runner_up.csv (some minutes each):

    python3 test/reference/certified_radius_pairs.py eta > test/reference/certified_radius_eta.csv
    python3 test/reference/certified_radius_pairs.py runner-up > test/reference/certified_radius_runner_up.csv

Both sides of the radius with an error eta of ln sigma: R with xi(1 - p_A) + xi(p_B) = 1 at s1 = s0 exp(-+(rR + 2 eta)),
where xi(q) = P1(S) for the worst-case set S with P0(S) = q, a ball or its complement; p_B = 1 - p_A in the first table.

The probability of a ball is the integral, over the distance w of the vector from the line through the ball's center,
of the normal probability of the section at w: chi density, Gauss-Legendre in s = sqrt(radius - w), in which everything
is smooth. No contour integral and no noncentral chi-squared function, unlike the package. In double precision (numpy,
bisection) it gives a start; in mpmath, 60 digits, Newton's method for (R, both balls) gives the root.
"""

import sys

import numpy as np
from mpmath import erfc, exp, expm1, log, loggamma, mp, mpf, nstr, sqrt
from mpmath.calculus.quadrature import GaussLegendre
from scipy.optimize import brentq
from scipy.special import gammaln, ndtr, ndtri
from scipy.stats import chi2

mp.dps = 60
NODES = [(mpf(x), mpf(w)) for x, w in GaussLegendre(mp).calc_nodes(4, 220)]  # 24 nodes
X, W = np.polynomial.legendre.leggauss(24)


def panels(n, radius):
    """The range of s = sqrt(radius - w) for w within 12 of sqrt(n - 1), cut into pieces."""
    low, high = max(0.0, (n - 1) ** 0.5 - 12), min(float(radius), (n - 1) ** 0.5 + 12)
    if high <= low:
        return None
    start, end = (float(radius) - high) ** 0.5 if high < float(radius) else 0.0, (float(radius) - low) ** 0.5
    steps = (high - low) + (end - start) * (2 * float(radius)) ** 0.5 / 2
    return start, end, int(min(steps, 400)) + 4


def masses_float(n, c, d):
    """P(||e - c|| <= sqrt(x)) and P(> sqrt(x)), x = n + c^2 - d, each to a relative 1e-9 or so."""
    x = n + c * c - d
    if x <= 0:
        return 0.0, 1.0
    radius = x**0.5
    if n == 1:
        near = (1 - d) / (c + radius)
        return ndtr(near) - ndtr(-c - radius), ndtr(-near) + ndtr(-c - radius)
    cut = panels(n, radius)
    if cut is None:
        return 0.0, 1.0
    start, end, count = cut
    edges = np.linspace(start, end, count + 1)
    half = np.diff(edges)[:, None] / 2
    s = (edges[:-1, None] + half) + half * X
    w = radius - s * s
    h = s * np.sqrt(radius + w)
    with np.errstate(all="ignore"):
        density = np.exp((n - 2) * np.log(w) - w * w / 2 - gammaln((n - 1) / 2) - (n - 3) / 2 * np.log(2))
    near, far = (n - d - w * w) / (c + h), -c - h
    density = np.where(w > 0, density, 0) * 2 * s * half * W
    return (
        float((density * (ndtr(near) - ndtr(far))).sum()),
        float((density * (ndtr(-near) + ndtr(far))).sum() + chi2.sf(x, n - 1)),
    )


def ncdf(z):
    return erfc(-z / sqrt(mpf(2))) / 2


def inside(n, c, x):
    """The same in 60 digits, good to an absolute 1e-40."""
    if x <= 0:
        return mpf(0)
    radius = sqrt(x)
    if n == 1:
        return ncdf(radius - c) - ncdf(-radius - c)
    cut = panels(n, radius)
    if cut is None:
        return mpf(0)
    start, end, count = cut
    start, end = mpf(start), sqrt(radius) if end * end >= radius * (1 - mpf(10) ** -12) else mpf(end)
    norm = loggamma(mpf(n - 1) / 2) + mpf(n - 3) / 2 * log(mpf(2))
    half = (end - start) / count / 2
    total = mpf(0)
    for i in range(count):
        middle = start + (2 * i + 1) * half
        # A panel whose integrand is below 1e-45 at both ends and in the middle adds nothing.
        if all(size(n, c, radius, middle + t * half) < -104 for t in (-1, 0, 1)):
            continue
        for t, weight in NODES:
            s = middle + t * half
            w = radius - s * s
            h = s * sqrt(radius + w)
            total += weight * exp((n - 2) * log(w) - w * w / 2 - norm) * (ncdf(h - c) - ncdf(-h - c)) * 2 * s
    return total * half


def size(n, c, radius, s):
    """About ln of the integrand, in doubles; never far too small."""
    w = float(radius - s * s)
    if w <= 0:
        return -1e9 if n > 2 else 0.0
    gap = max(0.0, float(c) - float(s) * (float(radius) + w) ** 0.5)
    return (n - 2) * np.log(w) - w * w / 2 - gammaln((n - 1) / 2) - (n - 3) / 2 * np.log(2) - gap * gap / 2


def side(n, exact_growth, exact_jump, a, b, sign):
    """R in units of s0, of a rate r s0 and 2 eta. a and b are the probabilities 1 - p_A and p_B. All as mpf."""
    growth, jump = float(exact_growth), float(exact_jump)

    def geometry(r):
        change = sign * (growth * r + jump)
        gap = -np.expm1(2 * change)
        return np.exp(change), gap, r / abs(gap)

    def ball(c, q):
        """d of the ball that holds q (decreasing sigma), or whose outside does."""
        z = ndtri(q)  # with half-spaces d = -2 c z
        spread = (4 * c * c + 2 * n) ** 0.5
        part = 0 if sign < 0 else 1
        target = lambda d: (1 - 2 * part) * (np.log(max(masses_float(n, c, d)[part], 1e-300)) - np.log(q))
        limit = n + c * c
        low, high = -60 * spread - 2000, min(limit, 60 * spread)
        return brentq(target, low, high, xtol=1e-13 * spread, rtol=1e-15)

    def leaving(r, q):
        s, gap, c = geometry(r)
        d = ball(c, q)
        d1 = (d - n * gap - sign * -1 * r * c * (1 + s * s)) / (s * s)
        return masses_float(n, s * c, d1)[0 if sign < 0 else 1], d

    excess = lambda r: leaving(r, float(a))[0] + leaving(r, float(b))[0] - 1
    top = (ndtri(1 - float(a)) - ndtri(float(b))) / 2
    if excess(1e-9 * top) >= 0:
        return mpf(0)
    r = brentq(excess, 1e-9 * top, top * (1 + 1e-6), xtol=1e-13 * top, rtol=1e-13)
    start = [mpf(r), mpf(leaving(r, float(a))[1]), mpf(leaving(r, float(b))[1])]

    def equations(v):
        r, da, db = v
        change = sign * (exact_growth * r + exact_jump)
        s, gap = exp(change), -expm1(2 * change)
        c = r / abs(gap)
        xa, xb = n + c * c - da, n + c * c - db
        p0a, p0b = inside(n, c, xa), inside(n, c, xb) if b != a else None
        p1a = inside(n, s * c, xa / s**2)
        p1b = inside(n, s * c, xb / s**2) if b != a else p1a
        if sign > 0:
            p0a, p1a, p1b = 1 - p0a, 1 - p1a, 1 - p1b
            p0b = 1 - p0b if b != a else None
        return [p0a - a, (p0b - b) if b != a else v[2] - v[1], p1a + p1b - 1]

    spread = [mpf(10) ** -12 * (abs(start[0]) + mpf(10) ** -6)] + [mpf(10) ** -12 * sqrt(4 * (start[0] / growth if growth else 0) ** 2 + n)] * 2
    v = start
    if a == b:
        v[2] = v[1]
    for _ in range(8):
        f = mp.matrix(equations(v))
        jacobian = mp.matrix(3, 3)
        for j in range(3):
            if a == b and j == 2:
                jacobian[1, 2] = 1
                continue
            moved = list(v)
            moved[j] += spread[j]
            if a == b and j == 1:
                moved[2] += spread[j]
            column = (mp.matrix(equations(moved)) - f) / spread[j]
            for i in range(3):
                jacobian[i, j] = column[i]
            if a == b and j == 1:
                jacobian[1, 1] = -1
        step = mp.lu_solve(jacobian, -f)
        v = [x + dx for x, dx in zip(v, step)]
        if a == b:
            v[2] = v[1]
        if abs(step[0]) < mpf(10) ** -22 * v[0]:
            break
    else:
        raise ArithmeticError((n, growth, jump, a, b, sign))
    return v[0]


def main(rows, columns):
    print(",".join(columns) + ",decreasing,increasing", flush=True)
    for row in rows:
        values = dict(zip(columns, row))
        n, sigma, rate, eta = values["dimension"], values["sigma"], values["rate"], values["eta"]
        b = mpf(values["pB"])
        a = 1 - mpf(values["pA"]) if "pA" in values else b
        growth, jump = mpf(rate) * mpf(sigma), 2 * mpf(eta)
        radii = [mpf(sigma) * side(n, growth, jump, a, b, sign) for sign in (-1, 1)]
        print(",".join([repr(v) for v in row] + [nstr(r, 17) for r in radii]), flush=True)


# N, sigma, r, eta, p_B
ETA = [
    (1, 0.5, 0.3, 0.1, 0.01), (1, 1.0, 0.0, 0.2, 0.1), (2, 0.5, 0.0, 0.01, 0.1), (3, 1.0, 0.5, 0.3, 0.001),
    (2, 1.0, 1.0, 2.5e-5, 0.25), (10, 0.25, 0.1, 0.05, 1e-6), (784, 0.5, 0.0, 1e-6, 0.01), (784, 0.25, 0.3, 1e-4, 0.05),
    (784, 0.5, 0.01, 0.01, 0.01), (3072, 0.5, 0.0, 1e-9, 0.01), (3072, 0.5, 0.01, 4e-14, 0.01), (3072, 0.5, 0.01, 1e-6, 0.3),
    (3072, 0.5, 0.01, 1e-6, 0.4999), (3072, 0.25, 0.0, 0.003, 0.05), (3072, 0.5, 0.01, 1e-5, 0.49937),
    (3072, 0.12, 0.05, 1e-4, 1e-9), (150528, 0.5, 0.0, 1e-6, 0.1), (150528, 0.25, 0.002, 1e-5, 0.4),
    (150528, 1.0, 0.01, 1e-4, 1e-12), (10**7, 0.5, 0.0, 1e-7, 0.2), (10**7, 0.5, 1e-4, 1e-5, 0.01),
]  # fmt: skip

# N, sigma, r, eta, p_A, p_B
RUNNER_UP = [
    (1, 1.0, 0.3, 0.0, 0.4, 0.3), (1, 0.5, 0.5, 0.01, 0.6, 0.01), (2, 0.5, 1.0, 0.0, 0.3, 0.1), (3, 2.0, 0.2, 0.0, 0.45, 0.4),
    (10, 1.0, 0.1, 1e-6, 0.9, 1e-6), (10, 1.0, 0.1, 0.0, 0.05, 1e-6), (784, 0.5, 0.01, 0.0, 0.4, 0.2), (784, 0.25, 0.3, 1e-6, 0.8, 0.01),
    (3072, 0.5, 0.01, 0.0, 0.45, 0.3), (3072, 0.5, 0.01, 4e-14, 0.99, 0.0001), (3072, 0.5, 0.0, 1e-6, 0.3, 0.299),
    (3072, 0.25, 0.01, 1e-4, 0.6, 0.1), (3072, 0.12, 0.05, 0.0, 0.2, 1e-9), (3072, 0.5, 0.001, 0.0, 0.4, 0.3999),
    (150528, 0.5, 0.01, 0.0, 0.4, 0.1), (150528, 1.0, 0.001, 1e-7, 0.999, 1e-10), (10**7, 0.5, 1e-4, 0.0, 0.3, 0.2),
    (10**7, 0.5, 1e-3, 1e-8, 0.7, 1e-5),
]  # fmt: skip

if __name__ == "__main__":
    ETA, RUNNER_UP = ([row for row in rows if row[0] in range(*map(int, sys.argv[2:4]))] if sys.argv[2:] else rows for rows in (ETA, RUNNER_UP))
    if sys.argv[1] == "eta":
        main(ETA, ["dimension", "sigma", "rate", "eta", "pB"])
    else:
        main(RUNNER_UP, ["dimension", "sigma", "rate", "eta", "pA", "pB"])
