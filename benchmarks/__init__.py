"""Speed as ratios: ours against plain, unsigned `eventsourcing` or the raw primitive, measured in the same run."""
