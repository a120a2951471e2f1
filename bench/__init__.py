"""`make bench`: how fast and how large it is, as ratios against something else measured in the same run."""
