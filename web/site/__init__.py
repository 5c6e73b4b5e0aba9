"""Dust monitoring on screen and over HTTP: readings come in, the live board, alerts, devices and statistics go out."""
