"""Tests of the pages through a real application, a real engine and the sandbox."""
