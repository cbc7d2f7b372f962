"""Speed and memory beside a floor, in one run on one machine. Ratios count, not seconds."""
