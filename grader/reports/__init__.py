"""Reports for people and machines: one file a format, each fed by a `Report` and nothing else."""
