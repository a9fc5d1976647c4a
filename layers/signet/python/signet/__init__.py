"""Signet: customer communication management that can prove itself."""

__version__ = "0.1.0"
