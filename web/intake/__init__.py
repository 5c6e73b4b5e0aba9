"""The clerk's desk at the window: enters an application for somebody, makes a re-check, keeps the agency's facts."""

from web.intake.agencies import blueprint

__all__ = ["blueprint"]
