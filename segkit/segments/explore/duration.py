"""How long a trial will take on this machine, said before it begins."""

from __future__ import annotations

from dataclasses import dataclass

AT_ONCE = 0.5  # seconds up to which nothing is said
LONG = 20.0  # seconds from which somebody is asked first
# Seconds of the fit and of its stability at 5,000 accounts fitted, 5 segments, 4 criteria, and the power of rows with
# which they grow; measured in benchmarks/explorer.md.
FITS = {
    "kmeans": (0.40, 1.0),
    "kmedoids": (3.20, 2.0),
    "ward": (0.75, 2.0),
    "gaussian": (1.50, 1.0),
    "mixture": (0.47, 1.0),
    "density": (0.12, 1.2),
    "tree": (0.08, 1.0),
    "grid": (0.0, 1.0),
    "rules": (0.0, 1.0),
}
PER_ACCOUNT = 1.2e-5  # seconds of placing, counting and describing one account
FIRST = 0.06  # seconds of a quick search on 1,200 accounts, and of what comes with any answer
ROWS = 5000
FEW = 20_000  # accounts up to which a first answer always comes: estimates err where other programs are at work


@dataclass
class Clock:
    """Learns from each trial how fast this machine is beside the one on which the figures were measured."""

    speed: float = 1.0

    def estimate(self, method: str, n_accounts: int, n_fitted: int, k: int, n_criteria: int) -> float:
        """Return the seconds that a trial is likely to take.

        Parameters
        ----------
        n_accounts, n_fitted : int
            Accounts to be placed, and of these the ones that are fitted.
        """
        seconds, power = FITS[method]
        size = (n_fitted / ROWS) ** power * (0.4 + 0.12 * k) * (0.8 + 0.05 * n_criteria)
        return self.speed * (0.05 + seconds * size + PER_ACCOUNT * n_accounts)

    def is_first_sooner(self, n_accounts: int, estimated: float) -> bool:
        """Return whether a first answer comes noticeably sooner; of many accounts placing them takes the most time."""
        return n_accounts <= FEW or estimated > 1.5 * self.first(n_accounts)

    def first(self, n_accounts: int) -> float:
        """Return the seconds that a first answer from a sample is likely to take."""
        return self.speed * (FIRST + PER_ACCOUNT * n_accounts)

    def corrected(self, estimated: float, first: float, taken: float) -> float:
        """Return the estimate of the full answer after what the machine needed for the first one.

        A machine that others use too is as slow in the rest as it was in the first answer; a quick first answer
        shortens the estimate by no more than a third.
        """
        return estimated * min(max(taken / max(first, 1e-3), 2 / 3), 8.0)

    def learn(self, estimated: float, taken: float) -> None:
        """Take a trial's time into account; one odd trial moves the speed by no more than half."""
        if estimated > 0.0:
            ratio = min(max(taken / estimated, 0.5), 2.0)
            self.speed = min(max(self.speed * ratio**0.5, 0.1), 50.0)
