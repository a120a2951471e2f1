"""Supply: what is on its way, from whom, what arrived, and what that teaches."""

from app.supply.wrong import BadSupply, ChangedMeanwhile, NoSuchSupply

__all__ = ["BadSupply", "ChangedMeanwhile", "NoSuchSupply"]
