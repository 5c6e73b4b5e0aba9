"""The clerk's desk at the window: enters an application for somebody, and makes a re-check from an earlier case."""
