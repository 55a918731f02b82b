"""How far groups lie apart."""

import numpy as np
import pytest

from segkit.segments.assess.separation import explained, gaps, separation


def test_separation_and_explained_share_by_hand():
    points, labels = np.array([[0.0], [2.0], [10.0], [12.0]]), np.array([0, 0, 1, 1])
    centres = np.array([[1.0], [11.0]])
    assert separation(points, labels, centres) == pytest.approx(np.mean([10 / 11, 8 / 9, 8 / 9, 10 / 11]))
    assert explained(points[:, 0], labels) == pytest.approx(100 / 104)
    assert explained(np.ones(4), labels) == 0


def test_gap_is_the_filling_of_the_middle_by_hand():
    points = np.array([[x] for x in (0.0, 0.0, 0.0, 5.0, 10.0, 10.0, 10.0)])
    labels = np.array([0, 0, 0, 0, 1, 1, 1])
    assert gaps(points, labels, np.array([[0.0], [10.0]])) == pytest.approx([2 / 4, 2 / 4])
