"""What the figures in ``docs/performance.md`` are measured with; no part of the product and of no test run."""
