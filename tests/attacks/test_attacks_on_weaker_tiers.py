"""The attacks of the corpus on the tiers that hold less: C, and without a sandbox."""

from .test_attacks import test_an_attack_is_held

__all__ = ["test_an_attack_is_held"]

TRIED_TIERS = ("C", "off")
