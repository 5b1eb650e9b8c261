"""Makes confidence_sequence.csv: python3 test/reference/confidence_sequence.py > test/reference/confidence_sequence.csv

L with M_t(L) = 1/alpha, and 1 - L, to 25 digits, from the defining integral
M_t(p) = int_0^1 (1 + u (1 - p)/p)^k (1 - u)^(t - k) du by tanh-sinh quadrature (mpmath) in pieces around its peak:
no binomial distribution, unlike the package. The root is found by the secant method in the log-odds.
"""

from mpmath import exp, findroot, inf, log, mp, mpf, nstr, quad, sqrt

mp.dps = 50


def log_mixture(k, t, odds):
    """ln M. The integrand's logarithm is concave; the peak and where it has fallen by exp(-140) cut the interval."""
    height = lambda u: k * log(1 + u / odds) + (t - k) * log(1 - u) if u < 1 else (-inf if t > k else k * log(1 + u / odds))
    peak = max(mpf(0), (k - (t - k) * odds) / t)
    ends = []
    for far in (mpf(0), mpf(1)):
        near = peak
        if height(far) < height(peak) - 140:
            low, high = near, far
            for _ in range(60):
                middle = (low + high) / 2
                low, high = (middle, high) if height(middle) > height(peak) - 140 else (low, middle)
            far = high
        ends.append(far)
    pieces = [ends[0] + (peak - ends[0]) * i / 8 for i in range(8)] + [peak + (ends[1] - peak) * i / 8 for i in range(9)]
    pieces = sorted(set(pieces))
    return height(peak) + log(quad(lambda u: exp(height(u) - height(peak)), pieces))


def lower(k, t, alpha):
    target = -log(mpf(alpha))
    share = mpf(k) / (t + 1 - k)
    width = sqrt(2 * (target + log(mpf(t) + 1)) * (t + 1) / (mpf(k) * (t + 1 - k)))
    excess = lambda x: log_mixture(k, t, exp(x)) - target
    left, right = log(share) - width, log(share)
    while excess(left) < 0:
        left -= width
    for _ in range(12):  # bisection first: ln M is flat to the right
        middle = (left + right) / 2
        left, right = (middle, right) if excess(middle) >= 0 else (left, middle)
    x = findroot(excess, (left, right), solver="secant", tol=1e-70, maxsteps=60, verify=False)
    assert abs(excess(x)) < mpf(10) ** -30, (k, t, alpha, excess(x))
    return exp(x) / (1 + exp(x)), 1 / (1 + exp(x))


ROWS = [
    (1, 1, 0.05), (1, 1, 0.5), (1, 2, 0.001), (5, 10, 0.001), (9, 10, 0.5), (10, 10, 0.001), (64, 64, 0.001),
    (1, 1000, 0.001), (1, 100000, 1e-12), (177, 256, 0.001), (250, 256, 0.001), (256, 256, 0.001), (300, 1000, 0.5),
    (691, 1000, 0.05), (9093, 10000, 0.001), (9999, 10000, 0.001), (10000, 10000, 0.001), (10000, 10000, 0.5),
    (50000, 100000, 0.001), (84134, 100000, 0.001), (99000, 100000, 0.001), (99990, 100000, 0.001),
    (99999, 100000, 1e-12), (100000, 100000, 0.001), (100000, 100000, 1e-100), (1000000, 10000000, 0.001),
    (50000000, 100000000, 0.001), (99999000, 100000000, 0.001), (100000000, 100000000, 0.001),
    (2, 100000000, 0.001), (100000, 100000000, 0.05),
]  # fmt: skip

print("successes,trials,alpha,lower,complement")
for k, t, alpha in ROWS:
    p, q = lower(k, t, alpha)
    print(f"{k},{t},{alpha!r},{nstr(p, 25)},{nstr(q, 25)}")
