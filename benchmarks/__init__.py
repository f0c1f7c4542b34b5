"""What is measured, beside a floor measured in the same run."""
