"""The share of curves that their neighbours name, on points whose neighbours are known."""

import numpy as np

from murmuration.projection import share_named
from murmuration.projection.neighbours import MOST


def test_separate_classes_are_named() -> None:
    random = np.random.default_rng(1)
    classes = np.repeat([0, 1, 5], 400)
    points = np.stack([10.0 * np.arange(3).repeat(400), np.zeros(1200)], axis=1) + random.uniform(size=(1200, 2))
    assert share_named(points, classes) == 1.0


def test_shuffled_classes_are_named_as_often_as_by_chance() -> None:
    random = np.random.default_rng(2)
    points, classes = random.normal(size=(4000, 3)), random.integers(0, 2, 4000)
    assert abs(share_named(points, classes) - 0.5) < 0.03


def test_each_axis_counts_in_units_of_its_own_spread() -> None:
    random = np.random.default_rng(3)
    classes = random.integers(0, 2, 500)
    points = np.stack([classes + 0.01 * random.normal(size=500), 1e6 * random.normal(size=500)], axis=1)
    assert share_named(points, classes) > 0.99


def test_a_curve_does_not_name_itself() -> None:
    points = np.zeros((4, 1))
    assert share_named(points, np.array([0, 0, 0, 1])) == 0.75


def test_an_even_sample_stands_for_many() -> None:
    many = np.arange(2 * MOST)
    assert share_named(many[:, None].astype(float), (many > MOST).astype(int)) > 0.999
