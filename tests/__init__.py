"""The promises of the desk, each as a test."""
